#include "app/wire/options.hpp"

#include <algorithm>
#include <charconv>

#include "base/web/web_origin.hpp"

namespace millrace::app {

base::Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  Endpoint endpoint;
  if (colon != std::string_view::npos) {
    endpoint.address = text.substr(0, colon);
    const auto port = text.substr(colon + 1);
    const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (code == std::errc() && end == port.data() + port.size() && !port.empty()) {
      if (endpoint.address.empty()) endpoint.address = "0.0.0.0";
      if (endpoint.address == "localhost") endpoint.address = "127.0.0.1";
      return endpoint;
    }
  }
  return base::fail(base::Code::invalid_argument,
                    "'" + std::string(text) + "' is not HOST:PORT, such as 127.0.0.1:8080");
}

base::Result<Exposure> parse_exposure(std::string_view text) {
  if (text == "off") return Exposure{.is_off = true};
  auto endpoint = parse_endpoint(text);
  if (endpoint) return Exposure{.own = std::move(*endpoint)};
  return base::fail(base::Code::invalid_argument,
                    "'" + std::string(text) + "' is neither off nor HOST:PORT");
}

base::Result<PublicUrl> parse_public_url(std::string_view text) {
  const auto wrong = [&] {
    return base::fail(base::Code::invalid_argument,
                      "'" + std::string(text) +
                          "' is not like https://chat.example.com or https://example.com/talk");
  };
  const auto scheme = text.find("://");
  if (scheme == text.npos) return wrong();
  const auto slash = text.find('/', scheme + 3);
  PublicUrl url;
  url.origin = text.substr(0, slash);
  if (slash != text.npos) url.prefix = text.substr(slash);
  while (url.prefix.ends_with('/')) url.prefix.pop_back();
  const bool is_plain = std::ranges::all_of(url.prefix, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~/").contains(c);
  });
  const bool climbs = (url.prefix + "/").contains("/../") || (url.prefix + "/").contains("/./") ||
                      url.prefix.contains("//");
  if (!web::is_origin_pattern(url.origin) || url.origin.contains('*') || !is_plain || climbs) {
    return wrong();
  }
  return url;
}

base::Result<std::chrono::seconds> parse_life(std::string_view text) {
  constexpr int64_t kDay = 24 * 3'600;
  int64_t count = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, text.data() + text.size());
  const int64_t factor = unit == "s"   ? 1
                         : unit == "m" ? 60
                         : unit == "h" ? 3'600
                         : unit == "d" ? kDay
                                       : 0;
  if (code != std::errc() || factor == 0 || count < 1 || count > 365 * kDay / factor) {
    return base::fail(base::Code::invalid_argument,
                      "'" + std::string(text) + "' is not a time such as 15m, 24h or 7d");
  }
  return std::chrono::seconds(count * factor);
}

base::Result<base::Timestamp> parse_since(std::string_view text, base::Timestamp now) {
  if (const auto moment = base::parse_iso8601(text)) return *moment;
  const auto ago = parse_life(text == "yesterday" ? "24h" : text);
  if (ago) return base::Timestamp{now.ms - ago->count() * 1'000};
  return base::fail(base::Code::invalid_argument,
                    "'" + std::string(text) +
                        "' is neither a moment such as 2026-01-31T08:00:00Z nor a time such as "
                        "15m, 24h or 7d");
}

}  // namespace millrace::app
