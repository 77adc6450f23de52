#include <algorithm>
#include <span>

#include "base/hash.hpp"
#include "base/routes.hpp"
#include "base/text.hpp"
#include "channels/channels.hpp"

namespace millrace::channels {

extern const std::string_view kChatHtml;
extern const std::string_view kChatCss;
extern const std::string_view kChatJs;
extern const std::string_view kConversationJs;
extern const std::string_view kEventsJs;
extern const std::string_view kMarkdownJs;
extern const std::string_view kMessagesJs;
extern const std::string_view kSessionJs;
extern const std::string_view kSocketJs;
extern const std::string_view kTranscriptJs;
extern const std::string_view kViewJs;
extern const std::string_view kWordsJs;

namespace {

struct Asset {
  std::string_view path;
  std::string_view type;
  std::string_view content;
};

std::span<const Asset> assets() {
  constexpr std::string_view kScript = "text/javascript; charset=utf-8";
  static const Asset kAssets[] = {
      {"/assets/chat.css", "text/css; charset=utf-8", kChatCss},
      {"/assets/chat.js", kScript, kChatJs},
      {"/assets/conversation.js", kScript, kConversationJs},
      {"/assets/events.js", kScript, kEventsJs},
      {"/assets/markdown.js", kScript, kMarkdownJs},
      {"/assets/messages.js", kScript, kMessagesJs},
      {"/assets/session.js", kScript, kSessionJs},
      {"/assets/socket.js", kScript, kSocketJs},
      {"/assets/transcript.js", kScript, kTranscriptJs},
      {"/assets/view.js", kScript, kViewJs},
      {"/assets/words.js", kScript, kWordsJs},
  };
  return kAssets;
}

// The page runs its own script and talks to its own origin, and may be framed by the brand's site.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors *";

web::Response asset_response(const web::Request& request, const Asset& asset) {
  const std::string tag = "\"" + base::to_hex(base::sha256(asset.content)).substr(0, 16) + "\"";
  web::Response response;
  response.headers = {{"Content-Type", std::string(asset.type)},
                      {"Cache-Control", "no-cache"},
                      {"ETag", tag},
                      {"Content-Security-Policy", std::string(kPolicy)},
                      {"Referrer-Policy", "no-referrer"}};
  if (request.header("If-None-Match") == tag) {
    response.status = 304;
  } else {
    response.body = asset.content;
  }
  return response;
}

// The page with the origins that may tell it events, for events.js.
std::string page_of(const flow::Program& program) {
  constexpr std::string_view kPlace = R"(name="millrace-origins" content=")";
  std::string page(kChatHtml);
  const auto at = page.find(kPlace);
  MILLRACE_CHECK(at != std::string::npos);
  std::string origins;
  for (const std::string& origin : program.origins) {
    // No origin has one of these: such a pattern matches nothing, and would end the attribute.
    if (origin.find_first_of("\"<>& ") != std::string::npos) continue;
    origins += (origins.empty() ? "" : " ") + origin;
  }
  page.insert(at + kPlace.size(), origins);
  return page;
}

web::Response text_response(int status, std::string_view text) {
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::string(text)};
}

web::Response nothing_here() {
  return text_response(404, "There is no chat at this address.\n");
}

}  // namespace

// Anyone may look: a page holds nothing.
struct ChatPage::Table {
  enum class Who { anyone };
  using Serve = web::Response (ChatPage::*)(const web::Request&, const web::PathValues&) const;
  using Routes = web::Routes<Who, Serve>;

  static const Routes& routes() {
    static const Routes kRoutes({
        {"GET", "/", Who::anyone, &ChatPage::first},
        {"GET", "/chat/{app}", Who::anyone, &ChatPage::page},
        {"GET", "/assets/{file...}", Who::anyone, &ChatPage::asset},
    });
    return kRoutes;
  }
};

void ChatPage::handle(web::Request request, web::Respond respond) {
  const auto found = Table::routes().find(request.method, request.path);
  if (!found && found.error().allowed.empty()) return respond(nothing_here());
  if (!found) {
    web::Response refused = text_response(405, "use GET\n");
    refused.headers.push_back({"Allow", found.error().allowed});
    return respond(std::move(refused));
  }
  respond((this->*found->route.serve)(request, found->values));
}

web::Response ChatPage::first(const web::Request&, const web::PathValues&) const {
  const auto solution = solutions_.fallback();
  if (!solution) return nothing_here();
  return {302, {{"Location", "chat/" + solution->app_id.to_string()}}, {}};
}

web::Response ChatPage::page(const web::Request& request, const web::PathValues& values) const {
  const auto app = base::Id::parse(values["app"]);
  const auto solution = app ? solutions_.find(*app) : nullptr;
  if (!solution) return nothing_here();
  const std::string page = page_of(*solution->program);
  return asset_response(request, {request.path, "text/html; charset=utf-8", page});
}

web::Response ChatPage::asset(const web::Request& request, const web::PathValues&) const {
  const auto found = std::ranges::find(assets(), request.path, &Asset::path);
  return found == assets().end() ? nothing_here() : asset_response(request, *found);
}

}  // namespace millrace::channels
