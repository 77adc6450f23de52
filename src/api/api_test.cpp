// The table of operations and what is made from it: each row is whole, the document is of the rows,
// bodies are held to its schemas.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>

#include "api/envelope.hpp"
#include "api/operation.hpp"
#include "api/pool.hpp"
#include "api/schema.hpp"
#include "base/text.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::api {
namespace {

using base::Code;

TEST(ApiTable, EachRowIsWholeAndStandsOnce) {
  std::set<std::string_view> ids;
  std::set<std::string> places;
  const auto* schemas = json::get_object(components(), "schemas");
  const auto* parameters = json::get_object(components(), "parameters");
  for (const Operation& operation : all_operations()) {
    EXPECT_TRUE(ids.insert(operation.id).second) << operation.id;
    EXPECT_TRUE(places.insert(std::string(operation.method) + std::string(operation.path)).second)
        << operation.id;
    EXPECT_NE(operation.serve, nullptr) << operation.id;
    EXPECT_FALSE(operation.summary.empty()) << operation.id;
    using Shape = Operation::Shape;
    const bool gives = operation.shape != Shape::nothing && operation.shape != Shape::redirect;
    EXPECT_EQ(gives, !operation.gives.empty()) << operation.id;
    for (const std::string_view name : {operation.takes, operation.gives}) {
      EXPECT_TRUE(name.empty() || schemas->contains(name)) << operation.id << " " << name;
    }
    for (const std::string_view name : base::split(operation.query, ' ')) {
      EXPECT_TRUE(name.empty() || parameters->contains(name)) << operation.id << " " << name;
    }
  }
}

// Whoever adds an operation that anyone may ask has to add it here, too.
TEST(ApiTable, WhatAnyoneMayAskIsAShortList) {
  std::set<std::string_view> open;
  std::set<std::string_view> signed_in;
  for (const Operation& operation : all_operations()) {
    if (operation.who.kind() == Who::Kind::anyone) open.insert(operation.id);
    if (operation.who.kind() == Who::Kind::signed_in) signed_in.insert(operation.id);
  }
  EXPECT_EQ(open, (std::set<std::string_view>{"getSignIn", "beginSession", "lookAtLink", "useLink",
                                              "beginOidc", "endOidc", "getOpenApi"}));
  EXPECT_EQ(signed_in,
            (std::set<std::string_view>{"getSession", "endSession", "listOwnSessions",
                                        "endOwnSession", "changeOwnPassword", "offerTotp",
                                        "confirmTotp", "removeTotp", "getRights", "getSchema"}));
}

TEST(ApiTable, WhatChangesSomethingTakesARightThatChanges) {
  // Posts that only compute.
  const std::set<std::string_view> computing{
      "checkFiles", "getImpact",     "formatFile",  "refactor",   "checkWorkspace", "diffWorkspace",
      "beginTry",   "sayInTry",      "goBackInTry", "reloadTry",  "testFromTry",    "endTry",
      "runTests",   "inspectAction", "trainModel",  "parseTexts", "evaluateModel"};
  for (const Operation& operation : all_operations()) {
    const bool changes = operation.method != "GET" && operation.who.has_right();
    if (!changes || computing.contains(operation.id)) continue;
    const std::string_view right = access::kRights(operation.who.right());
    EXPECT_FALSE(right.ends_with(".read")) << operation.id;
  }
}

TEST(ApiDocument, HasARightThatDependsOnTheEnvironment) {
  const auto right_of = [](const char* environment) {
    Options options;
    options.environment = environment;
    const json::object document = openapi(options);
    return std::string(document.at("paths")
                           .at("/solutions/{solution}/deploys")
                           .at("post")
                           .at("x-who")
                           .at("right")
                           .as_string());
  };
  EXPECT_EQ(right_of("sandbox"), "deploy.sandbox");
  EXPECT_EQ(right_of("live"), "deploy.live");
}

base::Result<void> checked(const char* text, std::string_view schema) {
  return check(json::parse(text).value(), schema);
}

TEST(ApiSchema, TakesWhatItSays) {
  EXPECT_TRUE(checked(R"({"name":"ben","grants":[{"role":"viewer","solution":"x"}]})", "NewUser"));
  EXPECT_TRUE(checked(R"({"name":"ben","grants":[]})", "NewUser"));
  EXPECT_TRUE(checked(R"({"name":null})", "LinkOwner"));
  EXPECT_TRUE(checked(R"({"files":{"app.py":""}})", "SolutionFiles"));
}

TEST(ApiSchema, NamesThePlaceOfWhatIsWrong) {
  const auto place = [](const char* text, std::string_view schema) {
    const auto done = checked(text, schema);
    EXPECT_FALSE(done) << text;
    return done ? std::string() : done.error().where;
  };
  EXPECT_EQ(place(R"({})", "NewUser"), "/");
  EXPECT_EQ(place(R"({"name":1,"grants":[]})", "NewUser"), "/name");
  EXPECT_EQ(place(R"({"name":"","grants":[]})", "NewUser"), "/name");
  EXPECT_EQ(place(R"({"name":"x","grants":{}})", "NewUser"), "/grants");
  EXPECT_EQ(place(R"({"name":"x","grants":[{"role":""}]})", "NewUser"), "/grants/0/role");
  EXPECT_EQ(place(R"({"name":"x","grants":[],"is_owner":true})", "NewUser"), "/");
  EXPECT_EQ(place(R"({"code":"1234567"})", "TotpCode"), "/code");
  EXPECT_EQ(place(R"([])", "NewUser"), "/");
  EXPECT_EQ(place(R"({"files":{"app.py":1}})", "SolutionFiles"), "/files/app.py");
  const std::string many = "{\"name\":\"x\",\"grants\":[" + [] {
    std::string grants = "{}";
    for (int i = 0; i < 64; ++i) grants += ",{}";
    return grants;
  }() + "]}";
  EXPECT_EQ(place(many.c_str(), "NewUser"), "/grants");
}

TEST(ApiEnvelope, HasOneForm) {
  const auto response = refusal(base::Error{Code::not_found, "no \"chat\"", "chat"});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body,
            R"({"message":"no \"chat\"","errors":[{"source":"chat","type":"not_found",)"
            R"("message":"no \"chat\""}]})");
}

TEST(ApiCookie, IsFoundAmongOthersAndByItsWholeName) {
  web::Request request;
  request.headers = {{"cookie", "a=1; millrace=token; millrace2=no"}, {"Cookie", "b=x=y"}};
  EXPECT_EQ(cookie_of(request, "millrace"), "token");
  EXPECT_EQ(cookie_of(request, "b"), "x=y");
  EXPECT_EQ(cookie_of(request, "race"), "");
  Options options;
  EXPECT_EQ(session_cookie(options, "t").value, "millrace=t; Path=/; HttpOnly; SameSite=Lax");
  options.is_secure = true;
  EXPECT_EQ(session_cookie(options, "t").value,
            "__Host-millrace=t; Path=/; HttpOnly; SameSite=Lax; Secure");
}

TEST(ApiPool, GoesOnAfterATaskThatThrows) {
  fakes::KeptLog log;
  std::promise<void> ran;
  Pool pool(1, 2, log);
  ASSERT_TRUE(pool.post([] { throw std::runtime_error("thrown"); }));
  ASSERT_TRUE(pool.post([&] { ran.set_value(); }));
  ran.get_future().wait();
  EXPECT_EQ(log.count_saying("runtime_error"), 1U);
}

TEST(ApiPool, RefusesWhatIsTooMuchAndDropsWhatWaitsAtItsEnd) {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_running = false;
  bool may_end = false;
  std::atomic<int> ran = 0;
  fakes::NoLog log;
  Pool pool(1, 2, log);
  ASSERT_TRUE(pool.post([&] {
    std::unique_lock lock(mutex);
    is_running = true;
    changed.notify_all();
    changed.wait(lock, [&] { return may_end; });
    ++ran;
  }));
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return is_running; });
  }
  EXPECT_TRUE(pool.post([&] { ++ran; }));
  EXPECT_TRUE(pool.post([&] { ++ran; }));
  EXPECT_FALSE(pool.post([&] { ++ran; }));
  {
    const std::lock_guard lock(mutex);
    may_end = true;
  }
  changed.notify_all();
  pool.stop();
  EXPECT_GE(ran, 1);
  EXPECT_FALSE(pool.post([&] { ++ran; }));
}

}  // namespace
}  // namespace millrace::api
