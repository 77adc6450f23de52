#include "app/options.hpp"

#include <charconv>

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

}  // namespace millrace::app
