#include <charconv>

#include "api/operation.hpp"
#include "base/seal.hpp"
#include "base/text.hpp"

namespace millrace::api {

using base::Code;
using base::fail;

bool Call::may_have(std::string_view solution, std::string_view environment) {
  was_asked_ = true;
  return access::may(grants(), who.right(), {solution, environment});
}

bool Call::may(Right right, std::string_view solution, std::string_view environment) const {
  return access::may(grants(), right, {solution, environment});
}

base::Result<void> Call::audit(Right right, std::string_view action, std::string_view object,
                               std::string_view after) {
  access::AuditRow row;
  row.right = access::kRights(right);
  row.action = action;
  row.object = object;
  row.after = after;
  row.outcome = "begun";
  return ports.access.note(asker, std::move(row));
}

base::Result<size_t> Call::limit() const {
  constexpr size_t kUsual = 100;
  constexpr size_t kMost = 1'000;
  const std::string text = query("limit");
  if (text.empty()) return kUsual;
  size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error == std::errc() && end == text.data() + text.size() && limit >= 1 && limit <= kMost) {
    return limit;
  }
  return fail(Code::invalid_argument, "a number from 1 to 1,000 is wanted", "limit");
}

std::string Call::sealed_as() const {
  return "cursor:" + std::string(operation_) + ":" + asker.principal.who();
}

base::Result<json::object> Call::cursor() const {
  const std::string text = query("cursor");
  if (text.empty()) return json::object();
  const auto opened = base::unseal(options.seal_key, sealed_as(), text);
  auto place = opened ? json::parse_object(*opened) : fail(Code::invalid_argument, "");
  if (place) return place;
  return fail(Code::invalid_argument, "give `next` of the page before, as it is", "cursor");
}

std::string Call::cursor_at(const json::object& place) const {
  return base::seal(options.seal_key, sealed_as(), json::serialize(place));
}

Reply listed(json::array items, std::optional<std::string> next) {
  return Reply(json::object{{"items", std::move(items)},
                            {"next", next ? json::value(*next) : json::value(nullptr)}});
}

std::string cookie_of(const web::Request& request, std::string_view name) {
  for (const web::Header& header : request.headers) {
    if (!base::equals_ignoring_case(header.name, "Cookie")) continue;
    for (const std::string_view pair : base::split(header.value, ';')) {
      const std::string_view trimmed = base::trim(pair);
      const size_t equals = trimmed.find('=');
      if (equals != std::string_view::npos && trimmed.substr(0, equals) == name) {
        return std::string(trimmed.substr(equals + 1));
      }
    }
  }
  return {};
}

// The prefix has the browser see to it that the cookie is this host's alone and came by https.
std::string_view session_cookie_name(const Options& options) {
  return options.is_secure ? "__Host-millrace" : "millrace";
}

web::Header session_cookie(const Options& options, std::string_view token) {
  std::string value = std::string(session_cookie_name(options)) + "=" + std::string(token) +
                      "; Path=/; HttpOnly; SameSite=Lax";
  if (options.is_secure) value += "; Secure";
  if (token.empty()) value += "; Max-Age=0";
  return {"Set-Cookie", value};
}

}  // namespace millrace::api
