#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "channels/page/files.hpp"
#include "channels/page/look.hpp"
#include "channels/page/page.hpp"
#include "flow/theme.hpp"

namespace millrace::channels {
namespace {

class ChannelsPage : public testing::Test {
 protected:
  ChannelsPage() {
    auto program = std::make_shared<flow::Program>();
    program->solution = "Hotel";
    program->hash = "h";
    program->locales = {"en", "pt-BR"};
    program->origins = {"https://brand.example", "bad\"><script>"};
    auto theme = std::make_shared<flow::Theme>();
    theme->title = "Grand <Hotel>";
    theme->light["accent"] = "#7a1f5c";
    theme->css = ".bubble{letter-spacing:0}";
    program->theme = std::move(theme);
    solutions_.deploy(runtime::make_solution(std::move(program)));
  }
  web::Response ask(std::string path, std::vector<web::Header> headers = {},
                    std::string method = "GET") {
    web::Response answer;
    page_.handle(
        {.method = std::move(method), .path = std::move(path), .headers = std::move(headers)},
        [&](web::Response response) { answer = std::move(response); });
    return answer;
  }
  static std::string header(const web::Response& response, std::string_view name) {
    for (const web::Header& each : response.headers) {
      if (base::equals_ignoring_case(each.name, name)) return each.value;
    }
    return {};
  }
  std::string chat_path() const { return "/chat/" + runtime::app_id_of("Hotel").to_string(); }
  // The path under which the page names that file.
  std::string marked(std::string_view file) {
    const std::string body = ask(chat_path()).body;
    const auto end = body.find(std::string(file) + "\"");
    const auto begin = body.rfind("../assets/", end);
    EXPECT_NE(end, body.npos);
    return body.substr(begin + 2, end + file.size() - begin - 2);
  }

  runtime::Solutions solutions_;
  ChatPage page_{solutions_};
};

TEST_F(ChannelsPage, GoesToTheFirstSolution) {
  const auto answer = ask("/");
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ("/" + header(answer, "Location"), chat_path());
}

TEST_F(ChannelsPage, NamesTheOriginsThatMayTellItEventsAndNothingThatIsNone) {
  const auto answer = ask(chat_path());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(header(answer, "Cache-Control"), "no-cache");
  EXPECT_NE(answer.body.find("&quot;https://brand.example&quot;"), std::string::npos);
  EXPECT_EQ(answer.body.find("<script>"), std::string::npos);
  EXPECT_EQ(answer.body.find("{{"), std::string::npos);
  EXPECT_EQ(answer.body.find("\"/assets"), std::string::npos);
}

TEST_F(ChannelsPage, IsFramedByThePagesThatSolutionYamlListsAndByNoOthers) {
  const auto framers = [&](std::string host) {
    const auto policy =
        header(ask(chat_path(), {{"Host", std::move(host)}}), "Content-Security-Policy");
    return policy.substr(policy.find("frame-ancestors"));
  };
  EXPECT_EQ(framers("chat.example"), "frame-ancestors 'self' https://brand.example");
  EXPECT_EQ(framers("127.0.0.1:8080"),
            "frame-ancestors 'self' https://brand.example http://localhost:* http://127.0.0.1:*");
  flow::Program open;
  EXPECT_TRUE(policy_of(open, "chat.example").ends_with("frame-ancestors *"));
  open.origins = {"https://brand.example", "*"};
  EXPECT_TRUE(policy_of(open, "chat.example").ends_with("frame-ancestors *"));
}

TEST_F(ChannelsPage, LooksAsTheThemeSays) {
  const auto answer = ask(chat_path());
  EXPECT_NE(answer.body.find("<title>Grand &lt;Hotel&gt;</title>"), std::string::npos);
  EXPECT_NE(answer.body.find("<html lang=\"en\" data-header=\"plain\" data-corners=\"round\">"),
            std::string::npos);
  const auto open = answer.body.find("<style>") + 7;
  const std::string style = answer.body.substr(open, answer.body.find("</style>") - open);
  EXPECT_TRUE(style.starts_with(":root{--accent:light-dark(#7a1f5c,#")) << style;
  EXPECT_TRUE(style.ends_with("}.bubble{letter-spacing:0}")) << style;
  const std::string hash = "'sha256-" + base::to_base64url(base::sha256(style)) + "='";
  EXPECT_NE(header(answer, "Content-Security-Policy").find(hash), std::string::npos);
  EXPECT_EQ(style_of(nullptr), "");
}

// The checker judges contrast by these, too.
TEST_F(ChannelsPage, KnowsThePagesOwnColours) {
  const std::string sheet = ask("/assets/chat.css").body;
  for (const flow::ThemeColour& colour : flow::theme_colours()) {
    std::string name(colour.name);
    std::ranges::replace(name, '_', '-');
    const std::string rule = "--" + name + ": light-dark(" + std::string(colour.light) + ", " +
                             std::string(colour.dark) + ");";
    EXPECT_NE(sheet.find(rule), std::string::npos) << rule;
  }
}

TEST_F(ChannelsPage, GivesTheSdkToPagesOfOthersAtAnAddressThatStays) {
  const auto answer = ask("/sdk/launcher.js", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(header(answer, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(header(answer, "Cross-Origin-Resource-Policy"), "cross-origin");
  EXPECT_LT(answer.body.size(), 3'000u) << "the loader stays small";
  EXPECT_EQ(ask("/sdk/api-launcher.js").body, ask("/sdk/launcher.js").body);
  EXPECT_EQ(ask("/sdk/chat.js").status, 404);
  EXPECT_EQ(ask("/assets/sdk/launcher.js").status, 404);
}

TEST_F(ChannelsPage, GivesTheTagAsOneSmallScript) {
  const auto answer = ask("/tag/millrace-tag.js", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(header(answer, "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(header(answer, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "*");
  EXPECT_LT(answer.body.size(), 6'000u);
  const auto plain = ask("/tag/millrace-tag.js");
  EXPECT_EQ(header(plain, "Content-Encoding"), "");
  EXPECT_NE(plain.body.find("millraceTag"), std::string::npos);
  EXPECT_EQ(ask("/tag/main.js").status, 404);
}

// All that one person may ever load, packed: every kind of message, and one language besides
// English.
TEST_F(ChannelsPage, StaysSmall) {
  size_t bytes = kChatHtml.size();
  size_t words_max = 0;
  for (const WebFile& file : web_files()) {
    const bool is_language = file.path.starts_with("words/") && file.path != "words/en.js";
    if (is_language) words_max = std::max(words_max, file.packed.size());
    const bool is_of_others = file.path.starts_with("sdk/") || file.path.starts_with("preview/");
    if (!is_language && !is_of_others) bytes += file.packed.size();
  }
  EXPECT_LT(bytes + words_max, 45'000u);
}

TEST_F(ChannelsPage, NamesItsFilesUnderAMarkThatBrowsersMayKeep) {
  for (const char* file : {"chat.js", "chat.css"}) {
    const auto answer = ask(marked(file));
    EXPECT_EQ(answer.status, 200) << file;
    EXPECT_EQ(header(answer, "Cache-Control"), "public, max-age=31536000, immutable") << file;
    EXPECT_EQ(answer.body, ask("/assets/" + std::string(file)).body) << file;
  }
  EXPECT_EQ(header(ask("/assets/chat.js"), "Cache-Control"), "no-cache");
  EXPECT_EQ(ask("/assets/0000000000000000/chat.js").status, 404);
  EXPECT_EQ(ask("/assets/../chat.js").status, 404);
  EXPECT_EQ(ask("/assets/").status, 404);
}

TEST_F(ChannelsPage, IsPackedForWhoeverTakesThat) {
  const std::string path = marked("chat.js");
  const auto encoding = [&](std::string accepted) {
    return header(ask(path, {{"Accept-Encoding", std::move(accepted)}}), "Content-Encoding");
  };
  for (const char* accepted :
       {"gzip", "br, gzip", "deflate;q=1, GZIP;q=0.001", "*", "gzip ; q=1", "*;q=0, gzip"}) {
    EXPECT_EQ(encoding(accepted), "gzip") << accepted;
  }
  for (const char* accepted :
       {"", "br", "gzip;q=0", "gzip;q=0.000, br", "gzipped", ";", "gzip;q=0, *"}) {
    EXPECT_EQ(encoding(accepted), "") << accepted;
  }
  const auto packed = ask(path, {{"Accept-Encoding", "gzip"}});
  EXPECT_TRUE(packed.body.starts_with("\x1f\x8b"));
  EXPECT_EQ(header(packed, "Vary"), "Accept-Encoding");
  EXPECT_NE(header(packed, "ETag"), header(ask(path), "ETag"));
}

TEST_F(ChannelsPage, SaysWhatHasNotChanged) {
  const std::string tag = header(ask("/assets/chat.js"), "ETag");
  const auto again = ask("/assets/chat.js", {{"If-None-Match", tag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
}

TEST_F(ChannelsPage, RefusesWhatItDoesNotHave) {
  EXPECT_EQ(ask("/chat/x").status, 404);
  EXPECT_EQ(ask("/chat/" + base::Id::derived("no", "such").to_string()).status, 404);
  const auto refused = ask(chat_path(), {}, "POST");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(header(refused, "Allow"), "GET, HEAD");
}

}  // namespace
}  // namespace millrace::channels
