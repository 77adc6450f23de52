#include "base/web/web.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::web {

std::optional<std::string_view> Request::header(std::string_view name) const {
  const auto found = std::ranges::find_if(
      headers, [&](const Header& header) { return base::equals_ignoring_case(header.name, name); });
  if (found == headers.end()) return std::nullopt;
  return std::string_view(found->value);
}

std::optional<std::string> Request::query_parameter(std::string_view name) const {
  for (const std::string_view pair : base::split(query, '&')) {
    const auto equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals), true) != name) continue;
    if (equals == std::string_view::npos) return std::string();
    return percent_decode(pair.substr(equals + 1), true);
  }
  return std::nullopt;
}

bool Request::is_json() const {
  const auto value = header("Content-Type");
  if (!value) return false;
  const auto media_type = base::trim(value->substr(0, value->find(';')));
  return base::equals_ignoring_case(media_type, "application/json");
}

std::optional<std::string_view> Request::bearer_token() const {
  constexpr std::string_view kScheme = "bearer ";
  const auto value = header("Authorization");
  if (!value || value->size() <= kScheme.size()) return std::nullopt;
  if (!base::equals_ignoring_case(value->substr(0, kScheme.size()), kScheme)) return std::nullopt;
  return base::trim(value->substr(kScheme.size()));
}

Response json_response(int status, std::string body) {
  return Response{status, {{"Content-Type", "application/json"}}, std::move(body)};
}

int status_of(base::Code code) {
  using base::Code;
  switch (code) {
    case Code::invalid_argument:
    case Code::unimplemented: return 400;
    case Code::unauthenticated: return 401;
    case Code::permission_denied: return 403;
    case Code::not_found: return 404;
    case Code::already_exists: return 409;
    case Code::failed_precondition: return 428;
    case Code::resource_exhausted: return 429;
    case Code::unavailable:
    case Code::deadline_exceeded: return 503;
    case Code::data_loss:
    case Code::internal: return 500;
  }
  return 500;
}

UpgradeAnswer Handler::upgrade(const Request&) {
  return json_response(404, R"({"message":"no web socket here"})");
}

namespace {
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
}  // namespace

std::string percent_decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out.push_back(' ');
      continue;
    }
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    out.push_back(text[i]);
  }
  return out;
}

}  // namespace millrace::web
