// Operations on workspaces: what takes the right to write scripts, conflicts, whose a conversation
// is, and that secrets stand nowhere.
#include <gtest/gtest.h>

#include "tests/support/api.hpp"

namespace millrace::api {
namespace {

constexpr std::string_view kMain = "/solutions/One/workspaces/main";

class ApiStudio : public ApiTesting {
 protected:
  web::Response post(const web::Header& by, const std::string& path, const std::string& body) {
    return ask({"POST", path, body, {by}});
  }
  web::Response save(const web::Header& by, const std::string& path) {
    return post(by, std::string(kMain) + "/save",
                R"({"files":[{"path":")" + path + R"(","text":"x"}]})");
  }
  size_t rows_with(std::string_view text) {
    size_t count = 0;
    const auto rows = access_->audit({.limit = 1'000}).value();
    for (const access::AuditRow& row : rows) {
      count += json::serialize(row.to_json()).contains(text) ? 1 : 0;
    }
    return count;
  }
};

TEST_F(ApiStudio, TakesScriptsFromWhoeverMayWriteThemAlone) {
  const auto designer = key({"designer@One"});
  const auto developer = key({"developer@One"});
  EXPECT_EQ(save(designer, "flows/main.flow.yaml").status, 200);
  EXPECT_EQ(type_of(save(designer, "app.py")), "permission_denied");
  EXPECT_EQ(save(developer, "app.py").status, 200);
  EXPECT_EQ(studio_.saves, 2);
  const std::string moved =
      R"({"files":[{"path":"flows/a","base":"h","rename_to":"action_nodes/a.py"}]})";
  EXPECT_EQ(type_of(post(designer, std::string(kMain) + "/save", moved)), "permission_denied");
  const std::string overlay = R"({"overlay":{"app.py":"import os"}})";
  for (const std::string what :
       {"/check", "/refactor", "/diff", "/tests/run", "/actions/A/run", "/actions/A/inspect"}) {
    EXPECT_EQ(type_of(post(designer, std::string(kMain) + what, overlay)), "permission_denied")
        << what;
    EXPECT_LT(post(developer, std::string(kMain) + what, overlay).status, 300) << what;
  }
  EXPECT_EQ(type_of(post(designer, std::string(kMain) + "/actions/A/inspect", R"({"text":"x"})")),
            "permission_denied");
  EXPECT_EQ(type_of(post(designer, "/try", R"({"solution":"One","overlay":{"app.py":null}})")),
            "permission_denied");
  EXPECT_EQ(type_of(post(designer, "/try/of-One/reload", overlay)), "permission_denied");
  EXPECT_EQ(type_of(post(designer, std::string(kMain) + "/git/commit",
                         R"({"paths":["app.py"],"message":"m"})")),
            "permission_denied");
}

TEST_F(ApiStudio, SaysWhatIsThereWhereNothingWasSaved) {
  studio_.conflicts_at = 1;
  const auto answer = save(key({"designer@One"}), "flows/a");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(type_of(answer), "conflict");
  EXPECT_TRUE(answer.body.contains(R"("conflicts":[{"path":"a"}])")) << answer.body;
}

TEST_F(ApiStudio, RunsLiveOnlyWithTheRightForIt) {
  const std::string path = std::string(kMain) + "/actions/A/run";
  const std::string live = R"({"environment":"live"})";
  EXPECT_EQ(post(key({"designer@One"}), path, "{}").status, 200);
  EXPECT_EQ(type_of(post(key({"designer@One"}), path, live)), "permission_denied");
  EXPECT_EQ(type_of(post(key({"operator@One/sandbox"}), path, live)), "permission_denied");
  EXPECT_EQ(type_of(post(key({"operator@One/live"}), path, "{}")), "permission_denied");
  EXPECT_EQ(post(key({"operator@One/live"}), path, live).status, 200);
  EXPECT_EQ(studio_.actions, 2);
  EXPECT_EQ(rows_with(R"("action":"action.run")"), 2u);
  EXPECT_EQ(rows_with(R"("outcome":"refused")"), 3u);
}

TEST_F(ApiStudio, TellsTriesAndRunsOfOthersApartFromNothing) {
  const auto by = key({"owner@One"});
  for (const std::string family : {"/try/", "/runs/"}) {
    EXPECT_EQ(ask({"GET", family + "of-One", "", {by}}).status, 200);
    const auto theirs = ask({"GET", family + "of-Two", "", {by}});
    EXPECT_EQ(theirs.status, 404);
    EXPECT_EQ(theirs.body, ask({"GET", family + "nothing", "", {by}}).body);
  }
  EXPECT_EQ(post(by, "/try", R"({"solution":"Two"})").status, 404);
}

TEST_F(ApiStudio, CommitsAsWhoeverIsSignedIn) {
  const auto cookie = owner();
  const auto answer = ask({"POST",
                           std::string(kMain) + "/git/commit",
                           R"({"paths":["flows/a"],"message":"m"})",
                           {cookie,
                            {"X-Millrace", "1"},
                            {"Host", "127.0.0.1:8080"},
                            {"Origin", "http://127.0.0.1:8080"}}});
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(studio_.committed_as, "anna");
}

TEST_F(ApiStudio, KeepsNoSecretAnywhere) {
  const auto by = key({"owner"});
  const std::string body = R"({"value":"hidden words"})";
  const auto set = ask({"PUT", "/secrets/NAME", body, {by, {"Idempotency-Key", "k"}}});
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(studio_.secret, "NAME");
  EXPECT_EQ(rows_with("secret.set"), 1u);
  EXPECT_EQ(rows_with("hidden words"), 0u);
  EXPECT_EQ(type_of(ask({"PUT", "/secrets/NAME", body, {key({"owner@One"})}})),
            "permission_denied");
  EXPECT_EQ(ask({"PUT", "/secrets/NAME", R"({"value":""})", {by}}).status, 400);
}

}  // namespace
}  // namespace millrace::api
