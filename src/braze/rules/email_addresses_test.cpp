#include "braze/rules/email_addresses.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/braze_sandbox.hpp"

namespace millrace::braze {
namespace {

struct Row {
  std::string address;
  bool is_taken;
};

std::string repeated(const char* text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

const std::vector<Row> kRows{
    // The local part at hosts of others' than Microsoft's.
    {"ana@example.com", true},
    {"ANA@EXAMPLE.COM", true},
    {"ana.silva@example.com", true},
    {"ana..silva@example.com", true},
    {"ana+news@example.com", true},
    {"o'brien@example.com", true},
    {"a&b@example.com", true},
    {"a#b@example.com", true},
    {"a/b@example.com", true},
    {"a-b_c@example.com", true},
    {"-ana@example.com", true},
    {"ana-@example.com", true},
    {"_@example.com", true},
    {"7@example.com", true},
    {"jürgen@example.com", true},
    {"用户@example.com", true},
    {"дмитрий@example.com", true},
    {"محمد@example.com", true},
    {"٣٤@example.com", true},
    {"½@example.com", true},
    {repeated("a", 65) + "@example.com", true},
    {".ana@example.com", false},
    {"ana.@example.com", false},
    {"+ana@example.com", false},
    {"ana+@example.com", false},
    {"'ana@example.com", false},
    {"ana'@example.com", false},
    {"&ana@example.com", false},
    {"ana&@example.com", false},
    {"#ana@example.com", false},
    {"ana/@example.com", false},
    {"a*b@example.com", false},
    {"a?b@example.com", false},
    {"a!b@example.com", false},
    {"a$b@example.com", false},
    {"a%b@example.com", false},
    {"a^b@example.com", false},
    {"a(b@example.com", false},
    {"a)b@example.com", false},
    {"a{b@example.com", false},
    {"a}b@example.com", false},
    {"a[b@example.com", false},
    {"a]b@example.com", false},
    {"a~b@example.com", false},
    {"a,b@example.com", false},
    {"a=b@example.com", false},
    {"a`b@example.com", false},
    {"a|b@example.com", false},
    {"\"a b\"@example.com", false},
    {"a\\b@example.com", false},
    {"a@b@example.com", false},
    {"é😀@example.com", false},
    {"e\xCC\x81@example.com", false},  // e and a combining accent: neither letter nor figure
    // White space.
    {" ana@example.com", false},
    {"ana@example.com ", false},
    {"an a@example.com", false},
    {"ana @example.com", false},
    {"ana@ example.com", false},
    {"ana@example.com\n", false},
    {"ana\t@example.com", false},
    {"ana\xC2\xA0@example.com", false},
    {"\xE2\x80\x8B"
     "ana@example.com",
     false},
    // Microsoft's hosts, and whatever contains their names.
    {"ana@hotmail.com", true},
    {"ana.silva@outlook.com", true},
    {"a-b_c@live.com", true},
    {"_ana@msn.com", true},
    {"ana-@hotmail.com", true},
    {"ana+a'b&c@hotmail.com", true},
    {"ana+a+b@outlook.de", true},
    {"ana@olive.com", true},
    {"-ana@hotmail.com", false},
    {"ana..silva@hotmail.com", false},
    {"ana..silva@olive.com", false},
    {".ana@outlook.com", false},
    {"ana.@live.com", false},
    {"ana.+x@live.com", false},
    {"o'brien@hotmail.com", false},
    {"a&b@msn.com", false},
    {"a#b@OUTLOOK.com", false},
    {"jürgen@hotmail.de", false},
    {"ana+@outlook.com", false},
    {"ana+a!b@outlook.com", false},
    // Gmail.
    {"ab@gmail.com", true},
    {"éü@gmail.com", true},
    {"a@gmail.com", false},
    {"é@GMAIL.com", false},
    {"a@googlemail.com", false},
    {"a@gmail.example.com", true},
    // The host.
    {"ana@mail.example.co.uk", true},
    {"ana@1and1.com", true},
    {"ana@a-b.com", true},
    {"ana@xn--mnchen-3ya.de", true},
    {"ana@xn--e1afmkfd.xn--p1ai", true},
    {"ana@example.museum", true},
    {"ana@" + repeated("a", 63) + ".com", true},
    {"ana@" + repeated("a", 64) + ".com", false},
    {"ana@münchen.de", false},
    {"ana@пример.рф", false},
    {"ana@example", false},
    {"ana@localhost", false},
    {"ana@example.test", false},
    {"ana@example.invalid", false},
    {"ana@example.c", false},
    {"ana@example.con", false},
    {"ana@example.onion", false},
    {"ana@example.123", false},
    {"ana@127.0.0.1", false},
    {"ana@[127.0.0.1]", false},
    {"ana@[IPv6:::1]", false},
    {"ana@-example.com", false},
    {"ana@example-.com", false},
    {"ana@exa_mple.com", false},
    {"ana@example..com", false},
    {"ana@.example.com", false},
    {"ana@example.com.", false},
    {"ana@.com", false},
    {"ana@", false},
    {"@example.com", false},
    {"@", false},
    {"ana", false},
    {"", false},
    {"mailto:ana@example.com", false},
    {"Ana <ana@example.com>", false},
    {repeated("a", 2'000) + "@example.com", false},
};

TEST(BrazeEmailAddresses, TakesWhatBrazePublishesAndNothingElse) {
  for (const auto& [address, is_taken] : kRows) EXPECT_EQ(is_email(address), is_taken) << address;
}

TEST(BrazeEmailAddresses, HoldForAttributesAndIdentifiersAlike) {
  for (const auto& [address, is_taken] : kRows) {
    if (address.empty()) continue;  // as an identifier that is none
    const std::string text = json::serialize(json::value(address));
    Bench bench;
    const auto attributes = bench.track(attribute("\"email\":" + text));
    EXPECT_EQ(attributes.status, is_taken ? 201 : 400) << address << ": " << attributes.body;
    const auto identifier = bench.track("{\"events\":[{\"email\":" + text +
                                        R"(,"name":"e","time":"2026-01-01T00:00:00Z"}]})");
    EXPECT_EQ(identifier.status, is_taken ? 201 : 400) << address << ": " << identifier.body;
    if (!is_taken) EXPECT_NE(identifier.body.find(kBadEmail), std::string::npos) << address;
  }
}

TEST(BrazeEmailAddresses, LoseTheirItemAndNoOther) {
  Bench bench;
  const auto answer = bench.track(R"({"attributes":[{"external_id":"u","email":"an a@ex.com"},)"
                                  R"({"external_id":"v","email":"v@ex.com"}]})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, R"({"attributes_processed":1,"message":"success","errors":[{"type":")" +
                             std::string(kBadEmail) +
                             R"(","input_array":"attributes","index":0}]})");
  EXPECT_EQ(bench.field("v", "email"), "\"v@ex.com\"");
}

TEST(BrazeEmailAddresses, AreHeldToItWhereverTheyAreGiven) {
  struct Asked {
    const char* path;
    std::string before;
    std::string after;
  };
  SandboxOptions options;
  options.workspace = *json::parse_object(R"({"subscription_groups":{"g":{"name":"News"}},
                              "campaigns":{"c":{"name":"C"}}})");
  const Asked all[] = {
      {"/email/status", R"({"subscription_state":"subscribed","email":)", "}"},
      {"/email/status", R"({"subscription_state":"subscribed","email":["a@ex.com",)", "]}"},
      {"/email/blocklist", R"({"email":)", "}"},
      {"/email/blacklist", R"({"email":[)", "]}"},
      {"/email/bounce/remove", R"({"email":)", "}"},
      {"/email/spam/remove", R"({"email":[)", "]}"},
      {"/subscription/status/set",
       R"({"subscription_group_id":"g","subscription_state":"subscribed","email":)", "}"},
      {"/v2/subscription/status/set",
       R"({"subscription_groups":[{"subscription_group_id":"g",)"
       R"("subscription_state":"subscribed","emails":[)",
       "]}]}"},
      {"/users/identify",
       R"({"emails_to_identify":[{"external_id":"u","prioritization":["identified"],"email":)",
       "}]}"},
      {"/campaigns/trigger/send",
       R"({"campaign_id":"c","recipients":[{"send_to_existing_only":false,"email":)", "}]}"},
      {"/campaigns/trigger/send",
       R"({"campaign_id":"c","recipients":[{"external_user_id":"u","attributes":{"email":)",
       "}}]}"},
      {"/transactional/v1/campaigns/c/send", R"({"recipient":{"email":)", "}}"},
  };
  for (const Asked& asked : all) {
    Bench bench(options);
    const auto ask = [&](const char* address) {
      return bench.send(
          Bench::request(asked.path, asked.before + "\"" + address + "\"" + asked.after));
    };
    EXPECT_EQ(ask("ana@ex.com")->status, 201) << asked.path;
    for (const char* bad : {"an a@ex.com", "ana@ex.invalid", ".ana@ex.com", "ana"}) {
      const auto refused = ask(bad);
      EXPECT_EQ(refused->status, 400) << asked.path << " " << bad;
      EXPECT_NE(refused->body.find(kBadEmail), std::string::npos) << refused->body;
    }
  }
}

}  // namespace
}  // namespace millrace::braze
