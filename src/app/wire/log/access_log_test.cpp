#include "app/wire/log/access_log.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"

namespace millrace::app {
namespace {

class Lines final : public RequestLog {
 public:
  void answered(const AnsweredRequest& request) override {
    texts.push_back(as_text(request));
    jsons.push_back("{" + as_json(request) + "}");
  }
  std::vector<std::string> texts, jsons;
};

// Says which id it was asked with.
class Echo final : public web::Handler {
 public:
  void handle(web::Request request, web::Respond respond) override {
    respond({200, {}, std::string(request.header("X-Request-Id").value_or("none"))});
  }
};

class AppAccessLog : public testing::Test {
 protected:
  web::Response ask(web::Request request) {
    web::Response answer;
    logged.handle(std::move(request),
                  [&](web::Response response) { answer = std::move(response); });
    return answer;
  }
  static std::string id_of(const web::Response& response) {
    return response.headers.empty() ? std::string() : response.headers.back().value;
  }

  Lines lines;
  fakes::Clock clock;
  fakes::CountingChance chance;
  Echo echo;
  AccessLogged logged{echo, {lines, clock, chance}};
};

TEST_F(AppAccessLog, TakesTheIdThatARequestBrings) {
  const auto answer = ask(
      {.method = "GET", .path = "/healthz", .headers = {{"x-request-id", "abc-1"}}, .peer = "::1"});
  EXPECT_EQ(id_of(answer), "abc-1");
  EXPECT_EQ(answer.body, "abc-1");
  EXPECT_EQ(lines.texts.at(0), "request GET /healthz 200 5 bytes 0 ms ::1 abc-1");
  EXPECT_EQ(lines.jsons.at(0),
            R"({"subject":"request","request_id":"abc-1","method":"GET","path":"/healthz",)"
            R"("status":200,"bytes":5,"milliseconds":0,"peer":"::1"})");
}

TEST_F(AppAccessLog, MakesAnIdWhereTheOneBroughtIsNone) {
  for (const std::string bad : {"", "a b", "ä", "x\ny"}) {
    const auto answer = ask({.method = "GET", .path = "/", .headers = {{"X-Request-Id", bad}}});
    EXPECT_EQ(id_of(answer).size(), 24U);
    EXPECT_EQ(answer.body, id_of(answer));
  }
  EXPECT_NE(id_of(ask({.path = "/"})), id_of(ask({.path = "/"})));
}

TEST_F(AppAccessLog, WritesDownARefusedUpgrade) {
  const auto answer = logged.upgrade({.method = "GET", .path = "/socket/websocket"});
  EXPECT_TRUE(std::holds_alternative<web::Response>(answer));
  ASSERT_EQ(lines.texts.size(), 1U);
  EXPECT_TRUE(lines.texts[0].starts_with("request GET /socket/websocket 404 ")) << lines.texts[0];
}

TEST(AppLoggedPath, HasNoIdAndNoToken) {
  const std::pair<const char*, const char*> rows[] = {
      {"/healthz", "/healthz"},
      {"/", "/"},
      {"/api/v1/solutions/signup", "/api/v1/solutions/signup"},
      {"/chat/0b7f3e0e-8f1c-4d6e-9b9e-3a0d6f1c2b4a", "/chat/0b7f..."},
      {"/actions/v1/completions/eyJhbGciOiJIUzI1NiJ9abcdef", "/actions/v1/completions/eyJh..."},
      {"/a\nb", "/a?b"},
      {"/\xC3\xA4", "/??"},
  };
  for (const auto& [path, logged] : rows) EXPECT_EQ(logged_path(path), logged);
  std::string path;
  for (int i = 0; i < 1'000; ++i) path += "/part";
  EXPECT_LT(logged_path(path).size(), 220U);
}

}  // namespace
}  // namespace millrace::app
