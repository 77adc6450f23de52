// The black-box cases of users-track.md section 14, by their numbers, through Sandbox::handle.
#include <gtest/gtest.h>

#include "tests/support/braze_sandbox.hpp"

namespace millrace::braze {
namespace {

constexpr const char* kNothingValid =
    "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields.";
constexpr const char* kNoIdentifier =
    "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required";
constexpr const char* kBadEmail = "The value provided for the 'email' field is not a valid email.";

TEST(BrazeTrack, AnswersTheGoldenExample) {
  Bench bench;
  const auto answer = bench.track(
      R"({"attributes":[{"external_id":"u1","first_name":"Ana","email":"ANA@EX.COM","dob":"1980-12-21"}],
          "events":[{"external_id":"u1","name":"conversation_completed","time":"2026-01-02T03:04:05Z","properties":{"bot":"welcome"}}],
          "partner":"pypestream"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, R"({"attributes_processed":1,"events_processed":1,"message":"success"})");
  EXPECT_EQ(bench.field("u1", "email"), "\"ana@ex.com\"");
  EXPECT_EQ(bench.field("u1", "dob"), "\"1980-12-21T00:00:00.000Z\"");
  EXPECT_EQ(bench.field("u1", "custom_events"),
            R"([{"name":"conversation_completed","first":"2026-01-02T03:04:05.000Z",)"
            R"("last":"2026-01-02T03:04:05.000Z","count":1}])");
}

// A body or an Authorization header, and what must come back.
struct Case {
  int number;  // of users-track.md section 14
  std::string body;
  int status;
  std::string contains;
  std::string authorization = "Bearer K";
};

TEST(BrazeTrack, AnswersTheNumberedCases) {
  const std::string good = attribute(R"("first_name":"Ana")");
  const std::string when = R"("time":"2026-01-01T00:00:00Z")";
  const std::string buys =
      R"({"purchases":[{"external_id":"u","product_id":"p","currency":"EUR","price":2.5,)" + when;
  const Case cases[] = {
      {1, good, 401, R"({"message":"Invalid API key: "})", ""},
      {2, good, 401, "Invalid API key: K", "K"},
      {3, good, 401, R"({"message":"Invalid API key: WRONG"})", "Bearer WRONG"},
      {4, good, 401, "Invalid API key", "Bearer \"K\""},
      {5, good, 403, R"({"message":"Access Denied"})", "Bearer EXPORT"},
      {6, R"({"api_key":"K","attributes":[{"external_id":"u","first_name":"A"}]})", 201, "success",
       ""},
      {8, "{bad json", 400, "message"},
      {8, "", 400, kNothingValid},
      {9, "{}", 400, kNothingValid},
      {9, R"({"attributes":[],"events":[]})", 400, kNothingValid},
      {11, good, 201, R"({"attributes_processed":1,"message":"success"})"},
      {12,
       R"({"attributes":[{"external_id":"u"}],"events":[{"external_id":"u","name":"e",)" + when +
           R"(}],"purchases":[{"external_id":"u","product_id":"p","currency":"EUR","price":1,)" +
           when + "}]}",
       201,
       R"({"attributes_processed":1,"events_processed":1,"purchases_processed":1,"message":"success"})"},
      {13, R"({"partner":"pypestream","attributes":[{"external_id":"u"}]})", 201, "success"},
      {14, R"({"attributes":[{"external_id":1,"first_name":"A"}]})", 201, "success"},
      {15,
       R"({"events":[{"external_id":"u","name":"e",)" + when + R"(},{"name":"e",)" + when + "}]}",
       201,
       R"({"events_processed":1,"message":"success","errors":[{"type":")" +
           std::string(kNoIdentifier) + R"(","input_array":"events","index":1}]})"},
      {16, R"({"events":[{"name":"e",)" + when + "}]}", 400, kNoIdentifier},
      {17, R"({"attributes":[{"external_id":"u","email":"bad"},{"external_id":"v"}]})", 201,
       std::string(kBadEmail) + R"(","input_array":"attributes","index":0)"},
      {18, buys + R"(,"quantity":0}]})", 400, "'quantity' is not valid"},
      {18, buys + R"(,"quantity":101}]})", 400, "'quantity' is not valid"},
      {18, buys + R"(,"quantity":"x"}]})", 400, "'quantity' is not valid"},
      {19, event(when), 400, "'name' is required"},
      {19, event(R"("name":"e")"), 400, "'time' is required"},
      {19, R"({"purchases":[{"external_id":"u"}]})", 400, "'product_id' is required"},
      {19, R"({"purchases":[{"external_id":"u","product_id":7}]})", 400, "'currency' is required"},
      {19, R"({"purchases":[{"external_id":"u","product_id":"p","currency":"EUR"}]})", 400,
       "'price' is required"},
      {20, event(R"("name":"e","time":1767323045)"), 400, "'time' is not valid"},
      {20, event(R"("name":"e","time":"{ EVENT_TIME }")"), 400, "'time' is not valid"},
      {21, event(R"("name":"e","time":"2019-02-15 00:00:00 -0500")"), 201, "success"},
      {23, event(R"("name":"e",)" + when + R"(,"properties":{"time":1})"), 400,
       "'properties' is not valid"},
      {23, event(R"("name":"e",)" + when + R"(,"properties":{"event_name":1})"), 400,
       "'properties' is not valid"},
      {23, event(R"("name":"e",)" + when + R"(,"properties":{"$x":1})"), 400,
       "'properties' is not valid"},
      {23, event(R"("name":"e",)" + when + R"(,"properties":{"":1})"), 400,
       "'properties' is not valid"},
      {19, R"({"purchases":[{"external_id":"u","product_id":"p","currency":"XQJ","price":1}]})",
       400, "'currency' is not valid"},
      {20, event(R"("name":"e","time":"2026-01-01T00:00:00:123Z")"), 201, "success"},
      {30, R"({"events":[{"email":"no address","name":"e",)" + when + "}]}", 400, kBadEmail},
      {33, R"({"attributes":[{"external_id":null,"first_name":"A"}]})", 400, kNoIdentifier},
      {16, R"({"attributes":[{"user_alias":{"alias_name":"half"}}]})", 400, kNoIdentifier},
      {9, R"({"attributes":{"external_id":"u"}})", 400, kNothingValid},
      {24, "{" + many("events", 76) + "}", 400, R"({"message":"Max Input Length Exceeded"})"},
      {24, "{" + many("events", 40) + "," + many("purchases", 36) + "}", 400,
       "Max Input Length Exceeded"},
      {25, "{" + many("events", 40) + "," + many("purchases", 35) + "}", 201, "success"},
      {26, std::string((4 << 20) + 1, ' '), 413, R"({"message":)"},
      {27,
       event(R"("name":"e",)" + when + R"(,"properties":{"p":")" + std::string(100 << 10, 'x') +
             "\"}"),
       400, "'properties' is too large"},
  };
  for (const Case& item : cases) {
    Bench bench;
    const auto answer = bench.track(item.body, item.authorization);
    EXPECT_EQ(answer.status, item.status) << "case " << item.number << ": " << answer.body;
    EXPECT_NE(answer.body.find(item.contains), std::string::npos)
        << "case " << item.number << ": " << answer.body;
    EXPECT_TRUE(json::parse_object(answer.body)) << "case " << item.number;
  }
}

TEST(BrazeTrack, KeepsOtherContentTypesPathsAndQueriesApart) {
  Bench bench;
  auto plain = Bench::request("/users/track", attribute(R"("first_name":"A")"));
  plain.headers[0].value = "text/plain";
  EXPECT_EQ(bench.send(plain)->status, 415);  // case 7
  const auto lost = bench.send(Bench::request("/user/track", "{}"));
  EXPECT_EQ(lost->status, 404);  // case 48
  EXPECT_EQ(lost->body, R"({"message":"Invalid URL"})");
  auto seed = Bench::request("/users/track", "", "K");  // case 10: the seed's own request
  seed.query = "attributes=external_id&events=name&partner=pypestream";
  const auto answer = bench.send(seed);
  EXPECT_EQ(answer->status, 401);
  EXPECT_NE(answer->diagnostics().find("BRZ_MISSING_BEARER"), std::string::npos);
  EXPECT_NE(answer->diagnostics().find("BRZ_PAYLOAD_IN_QUERY"), std::string::npos);
  seed.headers.back().value = "Bearer K";
  EXPECT_EQ(bench.send(seed)->status, 400);
  EXPECT_NE(bench.send(seed)->diagnostics().find("BRZ_PAYLOAD_IN_QUERY"), std::string::npos);
  auto stray = Bench::request("/users/track", attribute(R"("first_name":"A")"));
  stray.query = "=";                                   // case 52
  stray.headers.push_back({"X-Braze-Bulk", "false"});  // case 49
  EXPECT_EQ(bench.send(stray)->status, 201);
}

TEST(BrazeTrack, LegacyLimitsCountEachArray) {  // case 25
  SandboxOptions options;
  options.profile = LimitProfile::legacy;
  Bench bench(options);
  EXPECT_EQ(bench.track("{" + many("events", 75) + "," + many("purchases", 75) + "}").status, 201);
  EXPECT_EQ(bench.track("{" + many("events", 76) + "}").status, 400);
}

TEST(BrazeTrack, StrictModeRefusesTheLegacyKey) {  // case 6
  SandboxOptions options;
  options.accepts_legacy_key = false;
  Bench bench(options);
  EXPECT_EQ(bench.track(R"({"api_key":"K","attributes":[{"external_id":"u"}]})", "").status, 401);
}

TEST(BrazeTrack, CreatesAndFindsProfilesByTheirIdentifiers) {
  Bench bench;
  EXPECT_EQ(
      bench
          .track(
              R"({"attributes":[{"external_id":"n","_update_existing_only":true,"first_name":"A"}]})")
          .status,
      201);
  EXPECT_TRUE(bench.profile("n").empty());  // case 29
  const std::string alias = R"("user_alias":{"alias_name":"a","alias_label":"l"})";
  const std::string asked = "{\"user_aliases\":[{\"alias_name\":\"a\",\"alias_label\":\"l\"}]}";
  EXPECT_EQ(bench.track(R"({"attributes":[{)" + alias + R"(,"first_name":"A"}]})").status, 201);
  EXPECT_NE(bench.send(Bench::request("/users/export/ids", asked))->body.find(R"("users":[])"),
            std::string::npos);
  EXPECT_EQ(bench
                .track(R"({"attributes":[{)" + alias +
                       R"(,"_update_existing_only":false,"first_name":"A"}]})")
                .status,
            201);
  EXPECT_NE(
      bench.send(Bench::request("/users/export/ids", asked))->body.find(R"("first_name":"A")"),
      std::string::npos);                                                            // case 28
  bench.track(R"({"attributes":[{"email":"x@ex.com","first_name":"Anonymous"}]})");  // case 30
  bench.track(R"({"attributes":[{"external_id":"known","email":"X@ex.com"}]})");
  bench.clock.ms += 1000;
  bench.track(
      R"({"attributes":[{"email":"x@ex.com","phone":"+1","first_name":"Both"}]})");  // 31, 32
  EXPECT_EQ(bench.field("known", "first_name"), "\"Both\"");
}

TEST(BrazeTrack, AppliesAttributes) {
  Bench bench;
  bench.track(attribute(
      R"("last_name":"X","s":["hotdog","hotdog","pizza"],"n":{"inc":2},"Email":"kept","bio":"no","o":{"a":1,"b":{"c":1}})"));
  EXPECT_EQ(bench.custom("u", "s"), R"(["hotdog","pizza"])");  // case 34
  EXPECT_EQ(bench.custom("u", "n"), "2");                      // case 35
  EXPECT_EQ(bench.custom("u", "Email"), "\"kept\"");           // case 43
  EXPECT_EQ(bench.custom("u", "bio"), "absent");               // case 42
  bench.track(attribute(
      R"("last_name":null,"s":{"add":["hotdog","x"]},"n":{"inc":-5},"o":{"b":{"d":2}},"_merge_objects":true)"));
  EXPECT_EQ(bench.field("u", "last_name"), "absent");  // case 33
  EXPECT_EQ(bench.custom("u", "s"), R"(["pizza","hotdog","x"])");
  EXPECT_EQ(bench.custom("u", "n"), "-3");
  EXPECT_EQ(bench.custom("u", "o"), R"({"a":1,"b":{"c":1,"d":2}})");  // case 36
  bench.track(attribute(R"("s":{"remove":["pizza"]},"o":{"when":{"$time":"never"}},"n":null)"));
  EXPECT_EQ(bench.custom("u", "s"), R"(["hotdog","x"])");
  EXPECT_EQ(bench.custom("u", "o"), R"({"a":1,"b":{"c":1,"d":2}})");  // case 38
  EXPECT_EQ(bench.custom("u", "n"), "absent");
  bench.track(attribute(R"("country":"Australia","dob":"1980-13-01")"));
  EXPECT_EQ(bench.field("u", "country"), "\"AU\"");  // case 41
  EXPECT_EQ(bench.field("u", "dob"), "absent");
  bench.track(attribute(R"("country":"Narnia")"));
  EXPECT_EQ(bench.field("u", "country"), "absent");
  EXPECT_EQ(bench.custom("u", "external_id"), "absent");
}

TEST(BrazeTrack, TakesAddressesWithHostsInPunycode) {
  const std::pair<const char*, int> addresses[] = {
      {"ada@example.com", 201},  {"ada@xn--mnchen-3ya.de", 201}, {"josé@example.es", 201},
      {"用户@example.com", 201}, {"ada@münchen.de", 400},        {"ada@例子.com", 400}};
  for (const auto& [address, status] : addresses) {
    Bench bench;
    const auto named = attribute(R"("email":")" + std::string(address) + '"');
    EXPECT_EQ(bench.track(named).status, status) << address;
    const auto identified = R"({"events":[{"email":")" + std::string(address) +
                            R"(","name":"e","time":"2026-01-01T00:00:00Z"}]})";
    EXPECT_EQ(bench.track(identified).status, status) << address;
  }
}

TEST(BrazeTrack, CountsEventsAndPurchases) {
  Bench bench;
  const std::string at = R"("time":"2026-01-01T00:00:00Z")";
  const std::string twice = R"({"external_id":"u","name":"e",)" + at + "}";
  bench.track(R"({"events":[)" + twice + "," + twice + "]}");         // case 45
  bench.track(event(R"("name":"e","time":"2999-01-01T00:00:00Z")"));  // case 22
  EXPECT_EQ(
      bench.field("u", "custom_events"),
      R"([{"name":"e","first":"2026-01-01T00:00:00.000Z","last":"2026-01-02T03:04:05.678Z","count":3}])");
  bench.track(
      R"({"purchases":[{"external_id":"u","product_id":"p","currency":"EUR","price":2.5,"quantity":3,)" +
      at + "}]}");
  EXPECT_EQ(bench.field("u", "total_revenue"), "7.5");  // case 44
}

TEST(BrazeTrack, SeesItsOwnWritesWhileTheyAreUnderWay) {
  Bench bench;
  bench.log.holds = true;
  const auto first = bench.send(Bench::request("/users/track", attribute(R"("n":{"inc":1})")));
  const auto second = bench.send(Bench::request("/users/track", attribute(R"("n":{"inc":1})")));
  EXPECT_EQ(first->status, 0) << "answered before it was durable";
  EXPECT_EQ(bench.custom("u", "n"), "2");
  bench.log.release();
  EXPECT_EQ(first->status, 201);
  EXPECT_EQ(second->status, 201);
  EXPECT_EQ(bench.custom("u", "n"), "2");
}

TEST(BrazeTrack, CountsItsRateLimit) {  // cases 47, 51
  SandboxOptions options;
  options.rate_limit = 2;
  Bench bench(options);
  const auto first = bench.track(attribute(R"("a":1)"));
  EXPECT_EQ(first.headers.at("X-RateLimit-Limit"), "2");
  EXPECT_EQ(first.headers.at("X-RateLimit-Remaining"), "1");
  EXPECT_EQ(first.headers.at("X-RateLimit-Reset"), "1767323046");
  EXPECT_EQ(bench.track("{}", "Bearer WRONG").headers.at("X-RateLimit-Limit"), "");
  bench.track(attribute(R"("a":1)"));
  const auto third = bench.track(attribute(R"("a":1)"));
  EXPECT_EQ(third.status, 429);
  EXPECT_EQ(third.headers.at("X-RateLimit-Retry-After"), "1");
  EXPECT_FALSE(third.headers.contains("X-RateLimit-Limit"));
  EXPECT_EQ(bench.send(Bench::request("/users/export/ids", R"({"external_ids":["u"]})"))->status,
            201)
      << "the other endpoint has a limit of its own";
  bench.clock.ms += 3'000;
  EXPECT_EQ(bench.track(attribute(R"("a":1)")).status, 201);
}

TEST(BrazeTrack, DiagnosesWithoutKeysOrPersonalData) {
  Bench bench;
  const auto answer = bench.track(
      R"({"attributes":[{"external_id":"ana@example.com","first_name":"{ FIRST_NAME }","operating_system":"iOS"}]})");
  for (const char* code :
       {"BRZ_EMAIL_AS_EXTERNAL_ID", "BRZ_UNRESOLVED_PLACEHOLDER", "BRZ_CUSTOM_ATTRIBUTE"}) {
    EXPECT_NE(answer.diagnostics().find(code), std::string::npos) << code;
  }
  EXPECT_EQ(answer.diagnostics().find("ana@"), std::string::npos);
}

TEST(BrazeExport, SaysWhichIdsItDoesNotKnow) {
  Bench bench;
  bench.track(attribute(R"("first_name":"Ana")"));
  const auto answer = bench.send(Bench::request(
      "/users/export/ids", R"({"external_ids":["u","x"],"fields_to_export":["first_name"]})"));
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body,
            R"({"users":[{"first_name":"Ana"}],"invalid_user_ids":["x"],"message":"success"})");
  EXPECT_EQ(bench.send(Bench::request("/users/export/ids", "{}"))->status, 400);
}

}  // namespace
}  // namespace millrace::braze
