// The fault switch, the inspector and the answers' headers, through Sandbox::handle.
#include <gtest/gtest.h>

#include <thread>

#include "braze/front/workspace.hpp"
#include "tests/support/braze_sandbox.hpp"

namespace millrace::braze {
namespace {

TEST(BrazeFaults, RefuseDelayAndDrop) {
  Bench bench;
  const std::string good = attribute(R"("first_name":"A")");
  const auto set = [&](std::string body) {
    return bench.send(inspect("PUT", "/_sandbox/faults", std::move(body)))->status;
  };
  EXPECT_EQ(set(R"({"mode":"refuse","status":503,"times":1})"), 200);
  EXPECT_EQ(bench.track(good).status, 503);
  EXPECT_TRUE(bench.profile("u").empty());
  EXPECT_EQ(bench.track(good).status, 201);
  EXPECT_EQ(set(R"({"mode":"delay","delay_ms":4000})"), 200);
  const auto late = bench.send(Bench::request("/users/track", good));
  EXPECT_EQ(late->status, 0);
  EXPECT_EQ(bench.lanes.delays.at(0), std::chrono::seconds(4));
  bench.lanes.tasks.at(0)();
  EXPECT_EQ(late->status, 201);
  EXPECT_EQ(set(R"({"mode":"drop"})"), 200);
  EXPECT_TRUE(bench.track(attribute(R"("first_name":"B")")).is_dropped);
  EXPECT_EQ(bench.field("u", "first_name"), "\"B\"");
  EXPECT_EQ(set(R"({"mode":"drop","drop_before":true,"times":null})"), 200);
  bench.track(attribute(R"("first_name":"C")"));
  EXPECT_EQ(bench.field("u", "first_name"), "\"B\"");
  for (const char* bad :
       {"{}", R"({"mode":"explode"})", R"({"mode":"refuse","status":200})",
        R"({"mode":"delay","delay_ms":-1})", R"({"mode":"refuse","status":"500"})",
        R"({"mode":"refuse","status":4294967796})", R"({"mode":"drop","times":0})", "x"}) {
    EXPECT_EQ(set(bad), 400) << bad;
  }
}

TEST(BrazeInspector, ShowsProfilesAndRequestsToThisMachineOnly) {
  Bench bench;
  bench.track(event(R"("name":"signup","time":"2026-01-01T00:00:00Z","properties":{"k":"v"})"));
  EXPECT_EQ(bench.send(inspect("GET", "/_sandbox/profiles", "", "evil.example"))->status, 403);
  EXPECT_EQ(bench.send(inspect("PUT", "/_sandbox/faults", "{}", "evil.example:9000"))->status, 403);
  const auto listed = bench.send(inspect("GET", "/_sandbox/profiles"));
  const auto parsed = json::parse_object(listed->body);
  const auto& profiles = *json::get_array(*parsed, "profiles");
  ASSERT_EQ(profiles.size(), 1u);
  const std::string id(profiles[0].get_object().at("braze_id").get_string());
  const auto shown = bench.send(inspect("GET", "/_sandbox/profiles/" + id));
  EXPECT_NE(shown->body.find(R"("properties":{"k":"v"})"), std::string::npos);
  EXPECT_EQ(bench.send(inspect("GET", "/_sandbox/profiles/none"))->status, 404);
  const auto requests = bench.send(inspect("GET", "/_sandbox/requests"));
  EXPECT_NE(requests->body.find(R"("path":"/users/track","status":201)"), std::string::npos);
  EXPECT_EQ(bench.send(inspect("GET", "/inspector"))->status, 200);
  EXPECT_EQ(bench.send(inspect("GET", "/"))->status, 302);
}

TEST(BrazeInspector, FindsProfilesByWhatNamesThem) {
  Bench bench;
  bench.track(attribute(R"("first_name":"Ana","last_name":"Silva","email":"ana@ex.com")"));
  bench.track(R"({"attributes":[{"external_id":"v","first_name":"Bo"}]})");
  const auto found = [&](std::string search) {
    auto request = inspect("GET", "/_sandbox/profiles");
    request.query = "limit=10&search=" + std::move(search);
    const auto answer = bench.send(request);
    return json::get_array(*json::parse_object(answer->body), "profiles")->size();
  };
  EXPECT_EQ(found(""), 2u);
  EXPECT_EQ(found("ana%20sil"), 1u);
  EXPECT_EQ(found("ANA@EX"), 1u);
  EXPECT_EQ(found("first_name"), 0u) << "names of fields name nobody";
}

TEST(BrazeInspector, ShowsTheLastEventsOfALongStory) {
  Bench bench;
  for (int i = 0; i < 15; ++i) bench.track("{" + many("events", 75) + "}");
  const std::string id(bench.profiles()[0].get_object().at("braze_id").get_string());
  bench.track(event(R"("name":"the last","time":"2026-01-01T00:00:00Z")"));
  const auto shown = bench.send(inspect("GET", "/_sandbox/profiles/" + id));
  const auto body = json::parse_object(shown->body);
  const auto& events = *json::get_array(*body, "events");
  ASSERT_EQ(events.size(), 1'000u);
  EXPECT_EQ(events.back().get_object().at("name").get_string(), "the last");
}

TEST(BrazeInspector, ListsRequestsWithTheirDiagnosisAndWithoutPersonalData) {
  Bench bench;
  bench.send(Bench::request("/user/track", "{}"));
  bench.send(Bench::request("/ana@example.com\xff", "{}"));
  bench.track(attribute(R"("email":"x")"));
  bench.track("{}", "Bearer SECRET");
  const auto list = bench.send(inspect("GET", "/_sandbox/requests"));
  ASSERT_TRUE(json::parse_object(list->body));
  for (const char* wanted : {"Did you mean /users/track?", "attributes[0]: The value provided",
                             "BRZ_UNKNOWN_KEY", R"("key":"main")"}) {
    EXPECT_NE(list->body.find(wanted), std::string::npos) << wanted;
  }
  EXPECT_EQ(list->body.find("SECRET"), std::string::npos);
  EXPECT_EQ(list->body.find("ana@"), std::string::npos);
  EXPECT_EQ(list->headers.at("Cache-Control"), "no-store");
  EXPECT_FALSE(list->headers.contains("Access-Control-Allow-Origin"));
}

TEST(BrazeSandbox, CarriesBrazesHeaders) {
  Bench bench;
  const auto good = bench.track(attribute(R"("a":1)"));
  for (const char* name : {"X-Request-Id", "X-Runtime", "ETag", "Cache-Control", "Vary"}) {
    EXPECT_TRUE(good.headers.contains(name)) << name;
  }
  EXPECT_FALSE(bench.track("{}").headers.contains("ETag"));
}

TEST(BrazeSandbox, SaysEveryMistakeInAHeaderOfPlainAscii) {
  Bench bench;
  const auto answer = bench.track(attribute(
      "\"pr\xc3\xa9nom\":\"A\",\"\xf0\x9f\x98\x80\":1,\"a@b.example\":2,\"dob\":\"1.2.80\""));
  const std::string header = answer.diagnostics();
  for (const char c : header) EXPECT_TRUE(c >= 0x20 && c < 0x7f);
  EXPECT_NE(header.find("pr\\u00e9nom"), std::string::npos);
  EXPECT_NE(header.find("\\ud83d\\ude00"), std::string::npos);
  EXPECT_NE(header.find("'dob' must be YYYY-MM-DD"), std::string::npos);
  EXPECT_EQ(header.find("a@b"), std::string::npos);
  EXPECT_TRUE(json::parse(header));
}

TEST(BrazeSandbox, NamesTheMistakeWithTheKey) {
  Bench bench;
  const std::string good = attribute(R"("a":1)");
  const std::pair<const char*, const char*> cases[] = {{"", "BRZ_NO_KEY"},
                                                       {"Bearer \"K\"", "BRZ_QUOTED_KEY"},
                                                       {"Bearer X", "BRZ_UNKNOWN_KEY"},
                                                       {"K", "BRZ_MISSING_BEARER"},
                                                       {"Bearer EXPORT", "BRZ_MISSING_PERMISSION"}};
  for (const auto& [authorization, code] : cases) {
    EXPECT_NE(bench.track(good, authorization).diagnostics().find(code), std::string::npos) << code;
  }
}

TEST(BrazeSandbox, AnswersThatItIsUnavailableWhenTheBatchIsLost) {
  Bench bench;
  bench.log.fails = true;
  EXPECT_EQ(bench.track(attribute(R"("a":1)")).status, 503);
  bench.log.fails = false;
  EXPECT_TRUE(bench.profile("u").empty()) << "nothing of it may be seen afterwards";
}

TEST(BrazeSandbox, ReadsAProfileItKnowsFromMemory) {
  Bench bench;
  bench.track(attribute(R"("n":{"inc":1})"));
  bench.track(attribute(R"("n":{"inc":1})"));
  const int before = bench.store.gets;
  for (int i = 0; i < 10; ++i) bench.track(attribute(R"("n":{"inc":1})"));
  EXPECT_EQ(bench.store.gets, before);
  EXPECT_EQ(bench.custom("u", "n"), "12");
}

TEST(BrazeSandbox, LosesNoIncrementToOtherThreads) {
  Bench bench;
  constexpr int kThreads = 4;
  constexpr int kEach = 50;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kEach; ++n) bench.track(attribute(R"("n":{"inc":1})"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(bench.custom("u", "n"), std::to_string(kThreads * kEach));
}

TEST(BrazeExport, ReadsListsStrictlyAndEachProfileOnce) {
  Bench bench;
  bench.track(attribute(R"("email":"a@ex.com")"));
  const auto ask = [&](std::string body) {
    return bench.send(Bench::request("/users/export/ids", std::move(body)));
  };
  const auto twice = ask(
      R"({"external_ids":["u","u"],"email_address":"A@ex.com","fields_to_export":["external_id"]})");
  EXPECT_EQ(twice->body, R"({"users":[{"external_id":"u"}],"message":"success"})");
  EXPECT_EQ(ask(R"({"device_id":"d"})")->body, R"({"users":[],"message":"success"})");
  for (const char* bad : {R"({"external_ids":"u"})", R"({"external_ids":[true]})",
                          R"({"user_aliases":[{"alias_name":"half"}]})",
                          R"({"external_ids":["u"],"fields_to_export":"email"})"}) {
    EXPECT_EQ(ask(bad)->status, 400) << bad;
  }
  std::string many_ids;
  for (int i = 0; i < 51; ++i) many_ids += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\"";
  EXPECT_NE(ask(R"({"external_ids":[)" + many_ids + "]}")->body.find("per request was exceeded"),
            std::string::npos);
}

TEST(BrazeRequests, MeanTheSamePathWithASlashAtItsEnd) {
  Bench bench;
  EXPECT_EQ(bench.send(Bench::request("/users/track/", attribute(R"("a":1)")))->status, 201);
  EXPECT_EQ(bench.custom("u", "a"), "1");
  auto get = Bench::request("/kpi/new_users/data_series/", "");
  get.method = "GET";
  get.query = "length=1";
  EXPECT_NE(bench.send(get)->body.find("\"new_users\":1"), std::string::npos);
  EXPECT_EQ(bench.send(Bench::request("/users/track//", "{}"))->status, 404);
  EXPECT_EQ(bench.send(Bench::request("//users/track", "{}"))->status, 404);
}

TEST(BrazeRequests, RefuseACatalogWhereNoMoreAreKept) {
  Bench bench;
  base::KeyValueBatch rows;
  for (size_t i = 0; i < Workspace::kObjectsMax; ++i) {
    rows.writes.emplace_back("w/catalogs" + std::string(1, '\0') + "c" + std::to_string(i),
                             R"({"description":"","fields":[]})");
  }
  bench.store.commit(std::move(rows), [](base::Result<void>) {});
  bench.sandbox =
      std::make_unique<Sandbox>(bench.store, bench.log, bench.clock, bench.lanes, bench.random,
                                SandboxOptions{.keys = {{"K", {"*"}, "main"}}});
  const auto refused = bench.send(Bench::request(
      "/catalogs", R"({"catalogs":[{"name":"new","fields":[{"name":"id","type":"string"}]}]})"));
  EXPECT_EQ(refused->status, 400);
  EXPECT_NE(refused->body.find("too-many-catalogs"), std::string::npos) << refused->body;
}

TEST(BrazeRequests, ReadTheBodyOfADelete) {
  Bench bench;
  const auto ask = [&](const char* method, const char* path, std::string body) {
    auto request = Bench::request(path, std::move(body));
    request.method = method;
    return bench.send(std::move(request));
  };
  ask("POST", "/catalogs",
      R"({"catalogs":[{"name":"c","fields":[{"name":"id","type":"string"}]}]})");
  EXPECT_EQ(ask("POST", "/catalogs/c/items", R"({"items":[{"id":"a"},{"id":"b"}]})")->status, 202);
  const auto gone = ask("DELETE", "/catalogs/c/items", R"({"items":[{"id":"a"}]})");
  EXPECT_EQ(gone->status, 202);
  EXPECT_EQ(gone->body, R"({"message":"success"})");
  EXPECT_EQ(ask("GET", "/catalogs/c/items/a", "")->status, 404);
  EXPECT_EQ(ask("GET", "/catalogs/c/items/b", "")->status, 200);
  EXPECT_EQ(ask("DELETE", "/catalogs/c/items", "")->status, 400);
  EXPECT_EQ(ask("DELETE", "/catalogs/c/items", "{bad")->status, 400);
  EXPECT_EQ(ask("DELETE", "/catalogs/c/items", R"({"items":[{}]})")->body,
            R"({"errors":[{"id":"items-missing-ids","message":"There are 1 item(s) that do not )"
            R"(have ids","parameters":[],"parameter_values":[]}],"message":"Invalid Request"})");
  EXPECT_EQ(ask("DELETE", "/catalogs/c", "")->status, 200);
}

TEST(BrazeRequests, GiveNumbersAsPeopleWriteThem) {
  Bench bench;
  bench.track(attribute(R"("half":5.5,"tiny":0.00001,"big":1e21,"cents":19.99,"whole":2.0,
      "list":[1.5,2],"o":{"deep":{"x":1e-7}},
      "current_location":{"longitude":-8.6,"latitude":41.1})"));
  bench.track(R"({"purchases":[{"external_id":"u","product_id":"p","currency":"EUR","price":2.5,
      "time":"2026-01-01T00:00:00Z","quantity":3}]})");
  const auto body =
      bench.send(Bench::request("/users/export/ids", R"({"external_ids":["u"]})"))->body;
  for (const char* part :
       {R"("half":5.5)", R"("tiny":0.00001)", R"("big":1000000000000000000000.0)",
        R"("cents":19.99)", R"("whole":2.0)", R"("list":[1.5,2])", R"("x":0.0000001)",
        R"("longitude":-8.6)", R"("total_revenue":7.5)"}) {
    EXPECT_NE(body.find(part), std::string::npos) << part << " in " << body;
  }
  EXPECT_EQ(body.find("E0"), std::string::npos) << body;
  auto series = Bench::request("/purchases/revenue_series", "");
  series.method = "GET";
  series.query = "length=1&ending_at=2026-01-01";
  EXPECT_NE(bench.send(series)->body.find("\"revenue\":7.5"), std::string::npos);
  const std::string id(bench.profiles()[0].get_object().at("braze_id").get_string());
  const auto shown = bench.send(inspect("GET", "/_sandbox/profiles/" + id))->body;
  EXPECT_NE(shown.find(R"("half":5.5)"), std::string::npos);
  EXPECT_EQ(shown.find("E0"), std::string::npos) << shown;
}

TEST(BrazeExport, LeavesOutWhatAProfileHasNot) {
  const auto names = [](const json::object& profile) {
    std::string all;
    for (const auto& member : profile) all += std::string(member.key()) + " ";
    return all;
  };
  Bench bench;
  bench.track(R"({"attributes":[{"external_id":"u"}]})");
  EXPECT_EQ(names(bench.profile("u")),
            "created_at external_id user_aliases appboy_id braze_id random_bucket total_revenue "
            "push_subscribe email_subscribe custom_attributes ");
  EXPECT_EQ(bench.field("u", "user_aliases"), "[]");
  EXPECT_EQ(bench.field("u", "custom_attributes"), "{}");
  EXPECT_EQ(bench.field("u", "total_revenue"), "0.0");
  EXPECT_EQ(bench.field("u", "email_subscribe"), "\"subscribed\"");
  bench.track(attribute(R"("email":"a@ex.com","push_tokens":[])"));
  bench.track(event(R"("name":"e","time":"2026-01-01T00:00:00Z")"));
  EXPECT_EQ(names(bench.profile("u")),
            "created_at external_id user_aliases appboy_id braze_id random_bucket email "
            "total_revenue push_subscribe email_subscribe custom_attributes custom_events ");
  bench.track(R"({"attributes":[{"email":"b@ex.com"}]})");
  const auto alone =
      bench.send(Bench::request("/users/export/ids", R"({"email_address":"b@ex.com"})"));
  EXPECT_EQ(alone->body.find("external_id"), std::string::npos) << alone->body;
}

}  // namespace
}  // namespace millrace::braze
