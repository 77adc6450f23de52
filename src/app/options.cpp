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

}  // namespace millrace::app
