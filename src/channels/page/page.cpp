#include "channels/page/page.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/web/routes.hpp"
#include "channels/page/files.hpp"
#include "channels/page/look.hpp"

namespace millrace::channels {
namespace {

constexpr std::string_view kSdkFolder = "sdk/";
constexpr std::string_view kPreviewPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";
constexpr std::string_view kForEver = "public, max-age=31536000, immutable";
constexpr std::string_view kForAWhile = "public, max-age=300";
constexpr std::string_view kAskAgain = "no-cache";

std::string mark_of(std::string_view content) {
  return base::to_hex(base::sha256(content)).substr(0, 16);
}

// Stands in the path of the page's files, /assets/MARK/chat.js, and is another one when any of them
// is: what a browser has under a mark is right for ever, and modules find each other beside
// themselves.
const std::string& assets_mark() {
  static const std::string kMark = [] {
    std::string all;
    for (const WebFile& file : web_files()) {
      if (!file.path.starts_with(kSdkFolder)) all += mark_of(file.content);
    }
    return mark_of(all);
  }();
  return kMark;
}

std::string_view type_of(std::string_view path) {
  return path.ends_with(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
}

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

web::Response file_response(const web::Request& request, const WebFile& file,
                            std::vector<web::Header> headers) {
  const bool is_packed = !file.packed.empty() && takes_gzip(request);
  // Two spellings of one thing have two tags (RFC 9110 8.8.3).
  const std::string tag = "\"" + mark_of(file.content) + (is_packed ? "-gz\"" : "\"");
  web::Response response;
  response.headers = std::move(headers);
  response.headers.push_back({"ETag", tag});
  if (!file.packed.empty()) response.headers.push_back({"Vary", "Accept-Encoding"});
  if (request.header("If-None-Match") == tag) {
    response.status = 304;
    return response;
  }
  if (is_packed) response.headers.push_back({"Content-Encoding", "gzip"});
  response.body = is_packed ? file.packed : file.content;
  return response;
}

// For pages of others, which may read it as a module, too.
web::Response script_response(const web::Request& request, const WebFile& file) {
  return file_response(request, file,
                       {{"Content-Type", std::string(type_of(file.path))},
                        {"Cache-Control", std::string(kForAWhile)},
                        {"Access-Control-Allow-Origin", "*"},
                        {"Cross-Origin-Resource-Policy", "cross-origin"}});
}

web::Response text_response(int status, std::string_view text) {
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::string(text)};
}

web::Response nothing_here() {
  return text_response(404, "There is nothing at this address.\n");
}

// People come here by a link that is wrong or old.
web::Response no_chat_here() {
  constexpr std::string_view kPage =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\">"
      "<meta name=\"color-scheme\" content=\"light dark\"><title>No chat here</title>"
      "<main><h1>There is no chat at this address.</h1>"
      "<p>Please look at the link again, or ask whoever gave it to you.</p></main></html>\n";
  return {404, {{"Content-Type", "text/html; charset=utf-8"}}, std::string(kPage)};
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
        {"GET", "/preview/{app}", Who::anyone, &ChatPage::preview},
        {"GET", "/preview.html", Who::anyone, &ChatPage::named_preview},
        {"GET", "/assets/{file...}", Who::anyone, &ChatPage::asset},
        {"GET", "/sdk/{file}", Who::anyone, &ChatPage::sdk},
        {"GET", "/tag/millrace-tag.js", Who::anyone, &ChatPage::tag},
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
  if (!solution) return no_chat_here();
  const flow::Program& program = *solution->program;
  const std::string page = page_of(program, "../assets/" + assets_mark());
  return file_response(
      request, {"", page, ""},
      {{"Content-Type", "text/html; charset=utf-8"},
       {"Cache-Control", std::string(kAskAgain)},
       {"Content-Security-Policy", policy_of(program, request.header("Host").value_or(""))}});
}

web::Response ChatPage::preview(const web::Request& request, const web::PathValues& values) const {
  const auto app = base::Id::parse(values["app"]);
  if (!app || !solutions_.find(*app)) return no_chat_here();
  return file_response(request, {"", kPreviewHtml, ""},
                       {{"Content-Type", "text/html; charset=utf-8"},
                        {"Cache-Control", std::string(kAskAgain)},
                        {"Content-Security-Policy", std::string(kPreviewPolicy)}});
}

// Pypestream's address of it.
web::Response ChatPage::named_preview(const web::Request& request, const web::PathValues&) const {
  const auto app = base::Id::parse(request.query_parameter("id").value_or(""));
  if (!app) return no_chat_here();
  return {302, {{"Location", "preview/" + app->to_string()}}, {}};
}

// Under the mark of another build there is nothing: its page would mix two of them.
web::Response ChatPage::asset(const web::Request& request, const web::PathValues& values) const {
  std::string_view path = values["file"];
  const std::string under_mark = assets_mark() + "/";
  const bool is_marked = path.starts_with(under_mark);
  if (is_marked) path.remove_prefix(under_mark.size());
  const auto found = std::ranges::find(web_files(), path, &WebFile::path);
  if (found == web_files().end() || path.starts_with(kSdkFolder)) return nothing_here();
  return file_response(request, *found,
                       {{"Content-Type", std::string(type_of(path))},
                        {"Cache-Control", std::string(is_marked ? kForEver : kAskAgain)}});
}

web::Response ChatPage::sdk(const web::Request& request, const web::PathValues& values) const {
  std::string_view name = values["file"];
  // Names under which pages know the loader.
  if (name == "api-launcher.js" || name == "config.js") name = "launcher.js";
  const std::string path = std::string(kSdkFolder) + std::string(name);
  const auto found = std::ranges::find(web_files(), path, &WebFile::path);
  if (found == web_files().end()) return nothing_here();
  return script_response(request, *found);
}

web::Response ChatPage::tag(const web::Request& request, const web::PathValues&) const {
  return script_response(request, {"millrace-tag.js", kTagScript, kTagPacked});
}

}  // namespace millrace::channels
