#include "base/web/web_origin.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::web {
namespace {

struct Origin {
  std::string scheme;
  std::string host;  // lower case, with its port
};

// nullopt: "null", or no origin at all.
std::optional<Origin> read_origin(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == text.npos) return std::nullopt;
  Origin origin{base::to_ascii_lower(text.substr(0, colon)),
                base::to_ascii_lower(text.substr(colon + 3))};
  const bool is_web = origin.scheme == "http" || origin.scheme == "https";
  if (!is_web || origin.host.empty() || origin.host.find_first_of("/@?# ") != std::string::npos) {
    return std::nullopt;
  }
  const std::string_view usual = origin.scheme == "http" ? ":80" : ":443";
  if (origin.host.ends_with(usual)) origin.host.resize(origin.host.size() - usual.size());
  return origin;
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.rfind(':'));
}

bool matches(const Origin& origin, std::string_view pattern) {
  if (pattern == "*") return true;
  const auto wanted = read_origin(pattern);
  if (!wanted || wanted->scheme != origin.scheme) return false;
  if (!wanted->host.starts_with("*.")) return wanted->host == origin.host;
  const std::string_view rest = std::string_view(wanted->host).substr(1);
  return origin.host.size() > rest.size() && origin.host.ends_with(rest);
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  const std::string name = base::to_ascii_lower(without_port(host));
  if (name == "localhost" || name.ends_with(".localhost") || name == "[::1]") return true;
  const auto parts = base::split(name, '.');
  return parts.size() == 4 && parts[0] == "127" &&
         std::ranges::all_of(parts, [](std::string_view part) {
           return !part.empty() && part.size() <= 3 &&
                  std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
         });
}

bool is_origin_pattern(std::string_view text) {
  if (text == "*") return true;
  const auto origin = read_origin(text);
  if (!origin) return false;
  std::string_view host = origin->host;
  if (host.starts_with("*.")) host.remove_prefix(2);
  return !host.empty() && host.find('*') == host.npos;
}

bool may_come_from(const Request& request, const OriginRule& rule,
                   std::span<const std::string> allowed) {
  const auto given = request.header("Origin");
  if (!given) return true;
  if (std::ranges::find(allowed, "*") != allowed.end()) return true;
  const auto origin = read_origin(*given);
  if (!origin) return false;
  for (const std::string& pattern : allowed) {
    if (matches(*origin, pattern)) return true;
  }
  if (!rule.public_origin.empty() && matches(*origin, rule.public_origin)) return true;
  if (rule.is_loopback_only) return is_loopback_host(origin->host);
  const auto own =
      read_origin(origin->scheme + "://" + std::string(request.header("Host").value_or("")));
  return own && own->host == origin->host;
}

std::optional<int> refuses_change(const Request& request, const OriginRule& rule,
                                  std::span<const std::string> allowed) {
  if (!may_come_from(request, rule, allowed)) return 403;
  if (!request.body.empty() && !request.is_json()) return 415;
  return std::nullopt;
}

}  // namespace millrace::web
