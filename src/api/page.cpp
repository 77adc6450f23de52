#include "api/page.hpp"

#include "api/envelope.hpp"

namespace millrace::api {

extern const std::string_view kOperatorHtml;
extern const std::string_view kOperatorCss;
extern const std::string_view kOperatorJs;
extern const std::string_view kDeliveriesHtml;
extern const std::string_view kDeliveriesJs;
extern const std::string_view kDeliveryJs;
extern const std::string_view kChatHtml;
extern const std::string_view kChatJs;
extern const std::string_view kListCss;
extern const std::string_view kAskingJs;
extern const std::string_view kPartsJs;

namespace {

struct File {
  std::string_view path;
  std::string_view type;
  const std::string_view& text;
};
constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kCss = "text/css; charset=utf-8";
constexpr std::string_view kJs = "text/javascript; charset=utf-8";
const File kFiles[] = {{"/operator/", kHtml, kOperatorHtml},
                       {"/operator/operator.css", kCss, kOperatorCss},
                       {"/operator/operator.js", kJs, kOperatorJs},
                       {"/operator/deliveries", kHtml, kDeliveriesHtml},
                       {"/operator/deliveries.js", kJs, kDeliveriesJs},
                       {"/operator/delivery.js", kJs, kDeliveryJs},
                       {"/operator/chat", kHtml, kChatHtml},
                       {"/operator/chat.js", kJs, kChatJs},
                       {"/operator/list.css", kCss, kListCss},
                       {"/operator/asking.js", kJs, kAskingJs},
                       {"/operator/parts.js", kJs, kPartsJs}};

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
