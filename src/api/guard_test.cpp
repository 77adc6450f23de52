// Who may ask: each operation by each role, for its own solution and for another's; pages of other
// origins; guessing; requests that are made once. The same is asked of the running server in
// tests/e2e/api-rights.test.mjs.
#include "api/guard.hpp"

#include "api/live_feeds.hpp"
#include "tests/support/api.hpp"

namespace millrace::api {
namespace {

// A path of the operation whose things are that solution's.
std::string path_in(const Operation& operation, std::string_view solution) {
  const std::string chat = base::Id::derived("chat", solution).to_string();
  const std::string name(solution);
  const std::map<std::string_view, std::string> values{
      {"solution", name},         {"chat", chat},         {"call", chat + ":1:1"},
      {"delivery", "of-" + name}, {"consumer", "nobody"}, {"user", "nobody"},
      {"key", "nothing"},         {"session", "nothing"}, {"version", "v1"},
      {"path...", "app.py"},      {"workspace", "main"},  {"action", "Act"},
      {"schema", "flow"},         {"secret", "NAME"},     {"try", "of-" + name},
      {"run", "of-" + name},      {"role", "nothing"}};
  std::string path(operation.path);
  for (const auto& [parameter, value] : values) {
    const std::string mark = "{" + std::string(parameter) + "}";
    if (const size_t at = path.find(mark); at != path.npos) path.replace(at, mark.size(), value);
  }
  return path + (operation.id == "listCalls" ? "?chat=" + chat : "");
}

class ApiGuard : public ApiTesting {};

TEST_F(ApiGuard, RefusesEachOperationToEachRoleThatLacksItsRightAndToNoOther) {
  size_t cells = 0;
  for (size_t i = 0; i < access::kRoles.size(); ++i) {
    const auto role = static_cast<access::Role>(i);
    const std::string name(access::kRoles(role));
    const auto everywhere = key({name});
    const auto within = key({name + "@One"});
    for (const Operation& operation : all_operations()) {
      if (!operation.who.has_right()) continue;
      const bool has = access::reach_of(role, operation.who.right()) == access::Reach::all;
      const auto asked = [&](const web::Header& by, std::string_view solution) {
        return ask({std::string(operation.method), path_in(operation, solution), "", {by}});
      };
      const std::string what = name + " " + std::string(operation.id);
      EXPECT_EQ(type_of(asked(everywhere, "One")) == "permission_denied", !has) << what;
      const bool is_server = operation.who.kind() == Who::Kind::server;
      EXPECT_EQ(type_of(asked(within, "One")) == "permission_denied", !has || is_server) << what;
      const auto other = asked(within, "Two");
      const bool is_list = other.status == 200 && operation.shape == Operation::Shape::list;
      EXPECT_TRUE(other.status >= 400 || is_list) << what << " " << other.status << other.body;
      for (const std::string& hidden : {kChatOfTwo.to_string(), std::string("of-Two")}) {
        EXPECT_FALSE(is_list && other.body.contains(hidden)) << what;
      }
      cells += 3;
    }
  }
  EXPECT_GT(cells, 600u);
  for (const int64_t row : records_.ordered) EXPECT_TRUE(row == 1 || row == 2);
}

TEST_F(ApiGuard, AnswersWhatIsNotReachedAsWhatIsNotThere) {
  const auto by = key({"owner@One"});
  const std::string absent = base::Id::derived("chat", "Three").to_string();
  for (const std::string rest : {"", "/turns", "/replay", "/test"}) {
    const auto theirs = ask({"GET", "/chats/" + kChatOfTwo.to_string() + rest, "", {by}});
    const auto nothing = ask({"GET", "/chats/" + absent + rest, "", {by}});
    EXPECT_EQ(theirs.status, 404) << rest;
    EXPECT_EQ(theirs.body, nothing.body) << rest;
  }
  EXPECT_EQ(ask({"GET", "/deliveries/of-Two", "", {by}}).body,
            ask({"GET", "/deliveries/nothing", "", {by}}).body);
  EXPECT_EQ(ask({"POST", "/deliveries/of-Two/drop", "", {by}}).status, 404);
  EXPECT_TRUE(records_.ordered.empty());
  EXPECT_EQ(ask({"POST", "/deliveries/of-One/drop", "", {by}}).status, 202);
  EXPECT_EQ(records_.ordered, std::vector<int64_t>{1});
}

TEST_F(ApiGuard, AsksWhoComesBeforeAnythingElse) {
  for (const Operation& operation : all_operations()) {
    if (operation.who.kind() == Who::Kind::anyone) continue;
    for (const web::Header& by : {web::Header{"X", "y"},
                                  {"Authorization", "Bearer mrk_nothing"},
                                  {"Authorization", "Basic YTpi"},
                                  {"Cookie", "millrace=nothing"}}) {
      const auto answer = ask({std::string(operation.method), path_in(operation, "One"), "", {by}});
      EXPECT_EQ(answer.status, 401) << operation.id << " " << by.value;
    }
  }
}

// What forgets to ask whose a thing is tells nobody about it.
TEST_F(ApiGuard, SendsNoAnswerAboutAThingThatNobodyAskedFor) {
  const Operation careless{.id = "careless",
                           .method = "GET",
                           .path = "/careless",
                           .who = Who::thing(Right::chat_read),
                           .serve = [](Call&) -> Replied { return Reply(json::object{{"a", 1}}); },
                           .summary = "Forgets to ask"};
  Options options;
  options.origins = {true, ""};
  const Ports ports{*access_,    nullptr,    store_, records_, desk_, studio_,
                    deliveries_, solutions_, clock_, random_,  log_,  ""};
  Feeds feeds(ports, [](base::Task) { return false; });
  Guard guard(ports, options, feeds, [](base::Task) { return false; });
  web::Request request;
  request.method = "GET";
  request.path = "/api/v1/careless";
  request.headers = {key({"owner"})};
  const auto answer = guard.answer(careless, {}, request);
  EXPECT_EQ(answer.status, 500);
  EXPECT_FALSE(answer.body.contains("\"a\""));
}

TEST_F(ApiGuard, LetsAPageChangeSomethingWithACookieFromItsOwnOriginAlone) {
  const auto cookie = owner();
  const std::string body = R"({"name":"mallory","grants":[{"role":"owner"}]})";
  const auto status = [&](std::vector<web::Header> headers) {
    headers.push_back(cookie);
    headers.push_back({"Host", "127.0.0.1:8080"});
    return ask({"POST", "/users", body, std::move(headers)}).status;
  };
  EXPECT_EQ(status({}), 403);
  EXPECT_EQ(status({{"X-Millrace", "1"}}), 403) << "no origin";
  EXPECT_EQ(status({{"Origin", "http://127.0.0.1:8080"}}), 403) << "a form";
  EXPECT_EQ(status({{"X-Millrace", "1"}, {"Origin", "https://evil.example"}}), 403);
  EXPECT_EQ(status({{"X-Millrace", "1"}, {"Origin", "null"}}), 403);
  EXPECT_EQ(status({{"X-Millrace", "1"}, {"Origin", "http://127.0.0.1.evil.example"}}), 403);
  EXPECT_FALSE(access_->user("mallory"));
  EXPECT_EQ(status({{"X-Millrace", "1"}, {"Origin", "http://127.0.0.1:8080"}}), 201);
  EXPECT_EQ(ask({"GET", "/users", "", {cookie}}).status, 200) << "reading changes nothing";
  EXPECT_EQ(ask({"GET", "/users", "", {cookie, {"Origin", "https://evil.example"}}}).status, 403);
}

TEST_F(ApiGuard, HoldsGuessing) {
  owner();
  const std::vector<web::Header> page{{"X-Millrace", "1"}, {"Origin", "http://127.0.0.1:1"}};
  const auto guess = [&](std::string_view name, std::string_view password, std::string network) {
    const json::object body{{"name", name}, {"password", password}};
    return ask({"POST", "/session", json::serialize(body), page, std::move(network)}).status;
  };
  int tried = 0;
  for (int i = 0; i < 50; ++i) {
    tried += guess("anna", "guess number so and so", "192.0.3." + std::to_string(i)) == 401 ? 1 : 0;
  }
  EXPECT_EQ(tried, 5);
  EXPECT_EQ(guess("anna", kPassword, "192.0.4.1"), 429) << "nobody learns that it was right";
  clock_.pass(std::chrono::minutes(4));
  EXPECT_EQ(guess("anna", kPassword, "192.0.4.1"), 200);
}

TEST_F(ApiGuard, DoesOnceWhatIsAskedTwiceUnderOneKey) {
  const auto by = key({"owner"});
  const auto deploy = [&](std::string once, std::string version, const web::Header& who) {
    const std::string body = R"({"version":")" + version + R"("})";
    return ask(
        {"POST", "/solutions/One/deploys", body, {who, {"Idempotency-Key", std::move(once)}}});
  };
  const auto first = deploy("a", "v1", by);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(deploy("a", "v1", by).body, first.body);
  EXPECT_EQ(desk_.deploys, 1);
  EXPECT_EQ(deploy("a", "v2", by).status, 422);
  EXPECT_EQ(deploy("a", "v1", key({"owner"})).status, 201) << "another's key is another";
  EXPECT_EQ(desk_.deploys, 2);
  // As a crash in the midst leaves it: nobody knows whether it was done.
  for (auto& [place, value] : store_.pairs) {
    if (!place.starts_with("once/")) continue;
    auto kept = json::parse_object(value).value();
    kept.erase("answer");
    value = json::serialize(kept);
  }
  EXPECT_EQ(deploy("a", "v1", by).status, 409);
  EXPECT_EQ(desk_.deploys, 2);
  clock_.pass(std::chrono::hours(25));
  EXPECT_EQ(deploy("a", "v1", by).status, 201) << "a day later it is forgotten";
}

TEST_F(ApiGuard, KeepsNoSecretInAnAnswerThatMayBeAskedForAgain) {
  const auto by = key({"owner"});
  const auto made = ask({"POST",
                         "/keys",
                         R"({"name":"k","grants":[{"role":"viewer"}]})",
                         {by, {"Idempotency-Key", "x"}}});
  const std::string secret(json::parse_object(made.body)->at("secret").as_string());
  for (const auto& [place, value] : store_.pairs) EXPECT_FALSE(value.contains(secret)) << place;
}

TEST_F(ApiGuard, GivesACursorToWhomItWasMadeForAlone) {
  const auto by = key({"owner"});
  const auto page = json::parse_object(ask({"GET", "/chats?limit=1", "", {by}}).body).value();
  const std::string next(page.at("next").as_string());
  EXPECT_EQ(ask({"GET", "/chats?limit=1&cursor=" + next, "", {by}}).status, 200);
  EXPECT_EQ(ask({"GET", "/chats?cursor=" + next, "", {key({"owner"})}}).status, 400);
  EXPECT_EQ(ask({"GET", "/deliveries?cursor=" + next, "", {by}}).status, 400);
  EXPECT_EQ(ask({"GET", "/chats?cursor=made-up", "", {by}}).status, 400);
}

TEST_F(ApiGuard, WritesWhatItRefusesToTheAuditLog) {
  const auto by = key({"viewer"});
  EXPECT_EQ(ask({"GET", "/audit", "", {by}}).status, 403);
  const auto row = access_->audit({.limit = 1}).value().front();
  EXPECT_EQ(row.action, "listAudit");
  EXPECT_EQ(row.outcome, "refused");
  EXPECT_EQ(row.right, "audit.read");
  EXPECT_TRUE(row.who.starts_with("key:"));
}

TEST_F(ApiGuard, RunsScriptsThatAreSentOnlyForWhoMayWriteThem) {
  for (const char* path : {"/solutions/One/check", "/solutions/One/impact"}) {
    const auto status = [&](std::string grant, const char* file) {
      const std::string body = R"({"files":{")" + std::string(file) + R"(":""}})";
      return ask({"POST", path, body, {key({std::move(grant)})}}).status;
    };
    EXPECT_EQ(status("solution.read", "app.py"), 403) << path;
    EXPECT_EQ(status("solution.read", "action_nodes/A.py"), 403) << path;
    EXPECT_EQ(status("solution.read+script.write", "action_nodes/A.py"), 200) << path;
    EXPECT_EQ(status("solution.read", "flows/main.flow.yaml"), 200) << path;
  }
}

class ApiGuardLive : public ApiTesting {
 protected:
  ApiGuardLive() : ApiTesting("live") {}
};

TEST_F(ApiGuardLive, TakesTheRightOfTheEnvironmentToDeploy) {
  const auto status = [&](std::string grant) {
    return ask({"POST", "/solutions/One/deploys", R"({"version":"v1"})", {key({grant})}}).status;
  };
  EXPECT_EQ(status("developer"), 403);
  EXPECT_EQ(status("deploy.sandbox"), 403);
  EXPECT_EQ(status("operator@One/sandbox"), 403);
  EXPECT_EQ(status("operator@Two/live"), 403);
  EXPECT_EQ(status("deploy.live@One"), 201);
  EXPECT_EQ(status("operator@One/live"), 201);
  // Files may bring scripts.
  const std::string files = R"({"files":{"app.py":""}})";
  const auto brings = [&](std::string grant) {
    return ask({"POST", "/solutions/One/deploys", files, {key({grant})}}).status;
  };
  EXPECT_EQ(brings("deploy.live"), 403);
  EXPECT_EQ(brings("deploy.live+script.write"), 201);
}

}  // namespace
}  // namespace millrace::api
