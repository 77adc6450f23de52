#include "api/page.hpp"

#include "api/envelope.hpp"

namespace millrace::api {

extern const std::string_view kOperatorHtml;
extern const std::string_view kOperatorCss;
extern const std::string_view kOperatorJs;

namespace {

struct File {
  std::string_view path;
  std::string_view type;
  const std::string_view& text;
};
const File kFiles[] = {{"/operator/", "text/html; charset=utf-8", kOperatorHtml},
                       {"/operator/operator.css", "text/css; charset=utf-8", kOperatorCss},
                       {"/operator/operator.js", "text/javascript; charset=utf-8", kOperatorJs}};

}  // namespace

bool serves_page(std::string_view path) {
  return path == "/operator" || path.starts_with("/operator/");
}

web::Response page_answer(const web::Request& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    auto refused = refusal(405, "unimplemented", "this address takes GET, HEAD");
    refused.headers.push_back({"Allow", "GET, HEAD"});
    return refused;
  }
  if (request.path == "/operator") return {302, {{"Location", "operator/"}}, {}};
  for (const File& file : kFiles) {
    if (request.path != file.path) continue;
    return {200,
            {{"Content-Type", std::string(file.type)},
             {"Cache-Control", "no-cache"},
             {"Referrer-Policy", "no-referrer"},
             {"Content-Security-Policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
              "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"}},
            std::string(file.text)};
  }
  return refusal(404, "not_found", "there is nothing at this address");
}

}  // namespace millrace::api
