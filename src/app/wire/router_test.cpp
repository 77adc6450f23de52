#include "app/wire/router.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace millrace::app {
namespace {

// Answers with its name and the path that it was asked for.
class Edge final : public web::Handler {
 public:
  explicit Edge(std::string name) : name_(std::move(name)) {}
  void handle(web::Request request, web::Respond respond) override {
    respond({200, headers, name_ + " " + request.path});
  }
  web::UpgradeAnswer upgrade(const web::Request& request) override {
    return web::Response{426, {}, name_ + " " + request.path};
  }
  std::vector<web::Header> headers;

 private:
  const std::string name_;
};

class AppRouter : public testing::Test {
 protected:
  web::Response ask(Router& router, std::string path, std::string method = "GET") {
    web::Response answer;
    router.handle({.method = std::move(method), .path = std::move(path)},
                  [&](web::Response response) { answer = std::move(response); });
    return answer;
  }
  static std::string header(const web::Response& response, std::string_view name) {
    std::string all;
    for (const web::Header& each : response.headers) {
      if (base::equals_ignoring_case(each.name, name)) all += each.value + ";";
    }
    return all;
  }

  Edge rest{"rest"}, engagement{"engagement"}, page{"page"}, completions{"completions"},
      bot_manager{"bot_manager"}, health{"health"};
  const Router::Edges edges{rest, engagement, page, completions, bot_manager, health};
  const std::set<Surface> all{Surface::rest,        Surface::engagement,  Surface::page,
                              Surface::completions, Surface::bot_manager, Surface::health};
};

TEST_F(AppRouter, GivesEachAddressToItsEdge) {
  Router router(edges, {.served = all});
  EXPECT_EQ(ask(router, "/webhooks/rest/webhook", "POST").body, "rest /webhooks/rest/webhook");
  EXPECT_EQ(ask(router, "/messaging/v1/x").body, "engagement /messaging/v1/x");
  EXPECT_EQ(ask(router, "/").body, "page /");
  EXPECT_EQ(ask(router, "/chat/7").body, "page /chat/7");
  EXPECT_EQ(ask(router, "/actions/v1/completions/t", "POST").body,
            "completions /actions/v1/completions/t");
  EXPECT_EQ(ask(router, "/readyz").body, "health /readyz");
  for (const char* path : {"/x", "/chat", "/webhooks/restx", "/healthz/x", "//"}) {
    EXPECT_EQ(ask(router, path).status, 404) << path;
  }
}

TEST_F(AppRouter, ServesNothingThatIsNotServedThere) {
  Router router(edges, {.served = {Surface::rest}});
  EXPECT_EQ(ask(router, "/webhooks/rest").status, 200);
  for (const char* path : {"/", "/chat/7", "/messaging/v1/x", "/healthz"}) {
    EXPECT_EQ(ask(router, path).status, 404) << path;
  }
  const auto refused = router.upgrade({.method = "GET", .path = "/socket/websocket"});
  EXPECT_EQ(std::get<web::Response>(refused).status, 404);
}

TEST_F(AppRouter, AnswersBelowThePrefixAndWithoutIt) {
  Router router(edges, {.served = all, .prefix = "/brands/talk"});
  EXPECT_EQ(ask(router, "/brands/talk/chat/7").body, "page /chat/7");
  EXPECT_EQ(ask(router, "/brands/talk/").body, "page /");
  EXPECT_EQ(ask(router, "/chat/7").body, "page /chat/7");
  EXPECT_EQ(ask(router, "/brands/talkative/chat/7").status, 404);
  const auto bare = ask(router, "/brands/talk");
  EXPECT_EQ(bare.status, 308);
  EXPECT_EQ(header(bare, "Location"), "talk/;");
  const auto socket = router.upgrade({.method = "GET", .path = "/brands/talk/socket/websocket"});
  EXPECT_EQ(std::get<web::Response>(socket).body, "engagement /socket/websocket");
}

TEST_F(AppRouter, SaysOnEveryAnswerWhatBrowsersMayNotDo) {
  Router plain(edges, {.served = all});
  for (const auto& answer : {ask(plain, "/webhooks/rest"), ask(plain, "/nowhere")}) {
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "") << "http says it";
    EXPECT_EQ(header(answer, "Cache-Control"), "no-store;");
    EXPECT_EQ(header(answer, "Content-Security-Policy"),
              "default-src 'none'; frame-ancestors 'none';");
    EXPECT_EQ(header(answer, "Strict-Transport-Security"), "");
  }
  page.headers = {{"cache-control", "max-age=9"}};
  Router secure(edges, {.served = all, .is_https = true});
  const auto answer = ask(secure, "/");
  EXPECT_EQ(header(answer, "Cache-Control"), "max-age=9;");
  EXPECT_EQ(header(answer, "Strict-Transport-Security"), "max-age=31536000;");
}

}  // namespace
}  // namespace millrace::app
