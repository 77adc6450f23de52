// What attributes become, beyond the numbered cases: nested values, sets, reserved fields, and
// whom an item means. Through Sandbox::handle, read back with users/export/ids.
#include <gtest/gtest.h>

#include "tests/support/braze_sandbox.hpp"

namespace millrace::braze {
namespace {

TEST(BrazeAttributes, EditsArraysOfObjectsInBrazesOrder) {  // case 37
  Bench bench;
  bench.track(attribute(R"("pets":{"$remove":[{"$identifier_key":"id","$identifier_value":1}]})"));
  EXPECT_EQ(bench.custom("u", "pets"), "absent");
  bench.track(attribute(R"("pets":{"$add":[{"id":1,"name":"Rex"},{"id":2,"name":"Mia"}]})"));
  bench.track(attribute(R"("_merge_objects":true,"pets":{
      "$update":[{"$identifier_key":"id","$identifier_value":2,"$new_object":{"age":5}},
                 {"$identifier_key":"id","$identifier_value":3,"$new_object":{"age":1}}],
      "$remove":[{"$identifier_key":"id","$identifier_value":1}],
      "$add":[{"id":3,"name":"Bo"}]})"));
  EXPECT_EQ(bench.custom("u", "pets"),
            R"([{"id":2,"name":"Mia","age":5},{"id":3,"name":"Bo","age":1}])");
  bench.track(attribute(
      R"("pets":{"$update":[{"$identifier_key":"id","$identifier_value":2,"$new_object":{"id":9}}]})"));
  EXPECT_EQ(bench.custom("u", "pets"), R"([{"id":9},{"id":3,"name":"Bo","age":1}])");
}

TEST(BrazeAttributes, DropsUnsoundNestedValuesWholeAndSaysSo) {
  const std::string unsound[] = {
      R"({"a":null})",
      R"({"a":[{"b":{"$time":"never"}}]})",
      R"({"a":{"$time":"3001-01-01"}})",
      R"({"has space":1})",
      R"({"a.b":1})",
      R"([{"a":null}])",
      R"({"$add":[1]})",
      R"({"$add":"x"})",
      R"({"$update":[{"$identifier_key":"id","$identifier_value":2}]})",
      R"({"big":")" + std::string(100 << 10, 'x') + "\"}",
  };
  for (const std::string& value : unsound) {
    Bench bench;
    bench.track(attribute(R"("x":[{"id":2}])"));
    const auto answer = bench.track(attribute("\"x\":" + value));
    EXPECT_EQ(answer.status, 201);
    EXPECT_NE(answer.diagnostics().find("BRZ_NESTED_DROPPED"), std::string::npos)
        << value.substr(0, 40);
    EXPECT_EQ(bench.custom("u", "x"), R"([{"id":2}])") << value.substr(0, 40);
  }
}

TEST(BrazeAttributes, KeepsSetsShortAndOfTextsAndNumbers) {
  SandboxOptions options;
  options.array_length_max = 3;
  Bench bench(options);
  bench.track(attribute(R"("s":[1,2,3,1,4,true,{"o":1}])"));
  EXPECT_EQ(bench.custom("u", "s"), "[3,1,4]");
  bench.track(attribute(R"("s":{"add":["a"],"remove":[1]})"));
  EXPECT_EQ(bench.custom("u", "s"), R"([4,"a"])");
  bench.track(attribute(R"("s":[])"));
  EXPECT_EQ(bench.custom("u", "s"), "[]");
}

TEST(BrazeAttributes, IgnoresIncrementsOfWhatIsNoWholeNumber) {  // case 35
  Bench bench;
  bench.track(attribute(R"("text":"a","n":9223372036854775807)"));
  const auto answer = bench.track(attribute(R"("text":{"inc":1},"n":{"inc":1},"m":{"inc":0.5})"));
  EXPECT_NE(answer.diagnostics().find("BRZ_INC_IGNORED"), std::string::npos);
  EXPECT_EQ(bench.custom("u", "text"), "\"a\"");
  EXPECT_EQ(bench.custom("u", "n"), "9223372036854775807");
  EXPECT_EQ(bench.custom("u", "m"), "absent");
}

TEST(BrazeAttributes, CutsLongTextsAndNamesAtCharacters) {
  Bench bench;
  std::string accents;
  for (int i = 0; i < 300; ++i) accents += "é";
  bench.track(attribute("\"first_name\":\"" + accents + "\",\"c\":\"" + accents + "\""));
  EXPECT_EQ(bench.field("u", "first_name").size(), 2 * 255 + 2u);
  EXPECT_EQ(bench.custom("u", "c").size(), 2 * 255 + 2u);
  const std::string name(300, 'n');
  bench.track(attribute("\"" + name + "\":{\"inc\":1}"));
  bench.track(attribute("\"" + name + "\":{\"inc\":1}"));
  EXPECT_EQ(bench.custom("u", name.substr(0, 255)), "2");
}

struct FieldCase {
  std::string name;
  std::string given;
  std::string exported;
};

TEST(BrazeAttributes, KeepsReservedFieldsThatBrazeTakes) {
  const FieldCase cases[] = {
      {"gender", R"("F")", R"("F")"},
      {"gender", R"("woman")", "absent"},
      {"language", R"("PT")", R"("pt")"},
      {"language", R"("xx")", "absent"},
      {"time_zone", R"("Europe/Lisbon")", R"("Europe/Lisbon")"},
      {"time_zone", "\"Eastern Time (US & Canada)\"", "\"Eastern Time (US & Canada)\""},
      {"time_zone", R"("GMT+3")", "absent"},
      {"time_zone", R"("Mars/Olympus")", "absent"},
      {"current_location", R"({"longitude":-8.6,"latitude":41})",
       R"({"longitude":-8.6,"latitude":41})"},
      {"current_location", R"({"longitude":-8.6,"latitude":91})", "absent"},
      {"country", R"("pt")", R"("PT")"},
      {"country", R"("PRT")", R"("PT")"},
      {"country", R"("aus")", R"("AU")"},
      {"country", R"("USA")", R"("US")"},
      {"country", R"("Germany")", R"("DE")"},
      {"country", R"("XQJ")", "absent"},
      {"country", R"("XQ")", "absent"},
      {"phone", "351910000000", R"("351910000000")"},
      {"email_subscribe", R"("opted_in")", R"("opted_in")"},
      {"email_subscribe", R"("perhaps")", R"("subscribed")"},
      {"email_open_tracking_disabled", "true", "true"},
      {"email_open_tracking_disabled", R"("true")", "absent"},
      {"date_of_first_session", R"("2026-01-02T03:04:05Z")", R"("2026-01-02T03:04:05Z")"},
      {"date_of_first_session", R"("yesterday")", "absent"},
      {"facebook", R"({"id":"f","likes":["a",1],"other":2})", R"({"id":"f","likes":["a"]})"},
      {"first_name", "7", "absent"},
      {"push_tokens", R"([{"app_id":"a","token":"t"}])", R"([{"app_id":"a","token":"t"}])"},
      {"push_tokens", R"([{"token":"t"}])", "absent"},
  };
  for (const FieldCase& item : cases) {
    Bench bench;
    bench.track(attribute("\"" + item.name + "\":" + item.given));
    EXPECT_EQ(bench.field("u", item.name), item.exported) << item.name << " " << item.given;
    EXPECT_EQ(bench.custom("u", item.name), "absent");
  }
}

TEST(BrazeAttributes, SetsEachSubscriptionGroupByItselfAndKnowsNoOthers) {
  SandboxOptions options;
  options.workspace["subscription_groups"] = {{"a", {{"name", "A"}}}, {"b", {{"name", "B"}}}};
  Bench bench(options);
  const auto group = [](const char* id, const char* state) {
    return std::string(R"({"subscription_group_id":")") + id + R"(","subscription_state":")" +
           state + "\"}";
  };
  bench.track(attribute("\"subscription_groups\":[" + group("a", "subscribed") + "," +
                        group("b", "subscribed") + "]"));
  const auto answer =
      bench.track(attribute("\"subscription_groups\":[" + group("a", "unsubscribed") + "," +
                            group("c", "subscribed") + "]"));
  EXPECT_NE(answer.diagnostics().find("BRZ_UNKNOWN_SUBSCRIPTION_GROUP"), std::string::npos);
  EXPECT_EQ(bench.field("u", "subscription_groups"),
            "[" + group("a", "unsubscribed") + "," + group("b", "subscribed") + "]");
}

TEST(BrazeAttributes, ImportsPushTokensAsAnonymousProfilesOnce) {
  Bench bench;
  const std::string token = R"("push_tokens":[{"app_id":"a","token":"t"}])";
  const std::string import = R"({"attributes":[{"push_token_import":true,)" + token + "}]}";
  EXPECT_EQ(bench.track(import).status, 201);
  EXPECT_EQ(bench.track(import).status, 201);
  EXPECT_EQ(bench.profiles().size(), 1u);
  EXPECT_EQ(bench.track(attribute(R"("push_token_import":true,)" + token)).status, 400);
  EXPECT_EQ(bench.track(R"({"attributes":[{"push_token_import":true}]})").status, 400);
}

TEST(BrazeAttributes, CountsAndForgetsWhatIsOnABlocklist) {  // case 42
  SandboxOptions options;
  options.blocked_attributes = {"secret"};
  options.blocked_events = {"noise"};
  options.blocked_products = {"none"};
  Bench bench(options);
  const std::string at = R"("time":"2026-01-01T00:00:00Z")";
  const auto answer = bench.track(
      R"({"attributes":[{"external_id":"u","secret":1}],"events":[{"external_id":"u","name":"noise",)" +
      at + R"(}],"purchases":[{"external_id":"u","product_id":"none","currency":"EUR","price":1,)" +
      at + "}]}");
  EXPECT_EQ(
      answer.body,
      R"({"attributes_processed":1,"events_processed":1,"purchases_processed":1,"message":"success"})");
  EXPECT_EQ(bench.custom("u", "secret"), "absent");
  EXPECT_EQ(bench.field("u", "custom_events"), "absent");
  EXPECT_EQ(bench.field("u", "total_revenue"), "0.0");
}

TEST(BrazeAttributes, AppliesAttributesBeforeTheEventsOfOneRequest) {  // case 46
  Bench bench;
  bench.track(R"({"events":[{"email":"a@ex.com","name":"e","time":"2026-01-01T00:00:00Z"}],
                  "attributes":[{"external_id":"u","email":"a@ex.com"}]})");
  EXPECT_EQ(bench.profiles().size(), 1u) << "the event found the address that came with it";
  EXPECT_NE(bench.field("u", "custom_events"), "absent");
}

TEST(BrazeAttributes, MeansTheIdentifiedProfileAlsoWithinOneRequest) {  // case 31
  Bench bench;
  bench.track(R"({"attributes":[{"email":"a@ex.com","first_name":"Anonymous"}]})");
  bench.clock.ms += 1'000;
  bench.track(R"({"attributes":[{"email":"a@ex.com","first_name":"Again"},
                                {"external_id":"u","email":"a@ex.com"},
                                {"email":"a@ex.com","last_name":"Silva"}]})");
  EXPECT_EQ(bench.profiles().size(), 2u);
  EXPECT_EQ(bench.field("u", "last_name"), "\"Silva\"");
  EXPECT_EQ(bench.field("u", "first_name"), "absent");
}

TEST(BrazeAttributes, MeansAnIdentifiedProfileOfBeforeRatherThanOneJustMade) {  // case 31
  Bench bench;
  bench.track(attribute(R"("email":"a@ex.com")"));
  bench.clock.ms += 1'000;
  bench.track(R"({"attributes":[{"user_alias":{"alias_name":"n","alias_label":"l"},
                                 "_update_existing_only":false,"email":"a@ex.com"},
                                {"email":"a@ex.com","last_name":"Silva"}]})");
  EXPECT_EQ(bench.profiles().size(), 2u);
  EXPECT_EQ(bench.field("u", "last_name"), "\"Silva\"");
}

TEST(BrazeAttributes, ForgetsTheOldAddressWhenItChanges) {
  Bench bench;
  bench.track(attribute(R"("email":"old@ex.com")"));
  bench.track(attribute(R"("email":"new@ex.com")"));
  bench.track(R"({"attributes":[{"email":"old@ex.com","first_name":"Other"}]})");
  EXPECT_EQ(bench.field("u", "first_name"), "absent");
  EXPECT_EQ(bench.profiles().size(), 2u);
}

}  // namespace
}  // namespace millrace::braze
