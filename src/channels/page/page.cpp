#include <algorithm>
#include <span>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/web/routes.hpp"
#include "channels/page/page.hpp"

namespace millrace::channels {

extern const std::string_view kChatHtml;
#define MILLRACE_WEB_FILE(name)       \
  extern const std::string_view name; \
  extern const std::string_view name##Gzip
MILLRACE_WEB_FILE(kChatCss);
MILLRACE_WEB_FILE(kChatJs);
MILLRACE_WEB_FILE(kConversationJs);
MILLRACE_WEB_FILE(kEventsJs);
MILLRACE_WEB_FILE(kMarkdownJs);
MILLRACE_WEB_FILE(kMessagesJs);
MILLRACE_WEB_FILE(kSessionJs);
MILLRACE_WEB_FILE(kSocketJs);
MILLRACE_WEB_FILE(kTranscriptJs);
MILLRACE_WEB_FILE(kViewJs);
MILLRACE_WEB_FILE(kWordsJs);
#undef MILLRACE_WEB_FILE

namespace {

struct Asset {
  std::string_view name;
  std::string_view type;
  std::string_view content;
  std::string_view packed;  // with gzip; "" where it is not worth it
};

std::span<const Asset> assets() {
  constexpr std::string_view kScript = "text/javascript; charset=utf-8";
  static const Asset kAssets[] = {
      {"chat.css", "text/css; charset=utf-8", kChatCss, kChatCssGzip},
      {"chat.js", kScript, kChatJs, kChatJsGzip},
      {"conversation.js", kScript, kConversationJs, kConversationJsGzip},
      {"events.js", kScript, kEventsJs, kEventsJsGzip},
      {"markdown.js", kScript, kMarkdownJs, kMarkdownJsGzip},
      {"messages.js", kScript, kMessagesJs, kMessagesJsGzip},
      {"session.js", kScript, kSessionJs, kSessionJsGzip},
      {"socket.js", kScript, kSocketJs, kSocketJsGzip},
      {"transcript.js", kScript, kTranscriptJs, kTranscriptJsGzip},
      {"view.js", kScript, kViewJs, kViewJsGzip},
      {"words.js", kScript, kWordsJs, kWordsJsGzip},
  };
  return kAssets;
}

std::string mark_of(std::string_view content) {
  return base::to_hex(base::sha256(content)).substr(0, 16);
}

// Stands in the path of the files, /assets/MARK/chat.js, and is another one when any of them is:
// what a browser has under a mark is right for ever, and modules find each other beside themselves.
const std::string& assets_mark() {
  static const std::string kMark = [] {
    std::string all;
    for (const Asset& asset : assets()) all += mark_of(asset.content);
    return mark_of(all);
  }();
  return kMark;
}

// The page runs its own script and talks to its own origin, and may be framed by the brand's site.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors *";
constexpr std::string_view kForEver = "public, max-age=31536000, immutable";

// What is said of gzip itself counts before what is said of all (RFC 9110 12.5.3).
bool takes_gzip(const web::Request& request) {
  bool takes_all = false;
  for (const std::string_view one :
       base::split(request.header("Accept-Encoding").value_or(""), ',')) {
    const auto parts = base::split(one, ';');
    const std::string_view name = base::trim(parts[0]);
    const std::string_view weight = parts.size() > 1 ? base::trim(parts[1]) : std::string_view();
    const bool is_taken =
        !weight.starts_with("q=0") || weight.find_first_of("123456789", 2) != weight.npos;
    if (base::equals_ignoring_case(name, "gzip")) return is_taken;
    if (name == "*") takes_all = is_taken;
  }
  return takes_all;
}

web::Response asset_response(const web::Request& request, const Asset& asset,
                             std::string_view caching) {
  const bool is_packed = !asset.packed.empty() && takes_gzip(request);
  // Two spellings of one thing have two tags (RFC 9110 8.8.3).
  const std::string tag = "\"" + mark_of(asset.content) + (is_packed ? "-gz\"" : "\"");
  web::Response response;
  response.headers = {{"Content-Type", std::string(asset.type)},
                      {"Cache-Control", std::string(caching)},
                      {"ETag", tag},
                      {"Content-Security-Policy", std::string(kPolicy)},
                      {"Referrer-Policy", "no-referrer"}};
  if (!asset.packed.empty()) response.headers.push_back({"Vary", "Accept-Encoding"});
  if (request.header("If-None-Match") == tag) {
    response.status = 304;
    return response;
  }
  if (is_packed) response.headers.push_back({"Content-Encoding", "gzip"});
  response.body = is_packed ? asset.packed : asset.content;
  return response;
}

// index.html, which names its files by their paths under the mark.
const std::string& index_page() {
  static const std::string kPage = [] {
    constexpr std::string_view kPlace = "../assets/";
    std::string page(kChatHtml);
    for (auto at = page.find(kPlace); at != page.npos; at = page.find(kPlace, at + 1)) {
      page.insert(at + kPlace.size(), assets_mark() + "/");
    }
    return page;
  }();
  return kPage;
}

// The page with the origins that may tell it events, for events.js.
std::string page_of(const flow::Program& program) {
  constexpr std::string_view kPlace = R"(name="millrace-origins" content=")";
  std::string page = index_page();
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
        {"GET", "/assets/{file}", Who::anyone, &ChatPage::asset},
        {"GET", "/assets/{mark}/{file}", Who::anyone, &ChatPage::marked_asset},
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
  return asset_response(request, {"", "text/html; charset=utf-8", page, ""}, "no-cache");
}

web::Response ChatPage::asset(const web::Request& request, const web::PathValues& values) const {
  const auto found = std::ranges::find(assets(), values["file"], &Asset::name);
  return found == assets().end() ? nothing_here() : asset_response(request, *found, "no-cache");
}

// Under the mark of another build there is nothing: its page would mix two of them.
web::Response ChatPage::marked_asset(const web::Request& request,
                                     const web::PathValues& values) const {
  const auto found = std::ranges::find(assets(), values["file"], &Asset::name);
  if (found == assets().end() || values["mark"] != assets_mark()) return nothing_here();
  return asset_response(request, *found, kForEver);
}

}  // namespace millrace::channels
