// Whether the page that a request says it comes from may ask for what it asks. Browsers name the
// page's origin on every request that changes something and on every web socket; other programs
// name none, and are not judged here. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/web/web.hpp"

namespace millrace::web {

// What the listener says about itself.
struct OriginRule {
  // Only this machine can reach it. Pages of this machine are its own then, and no others: a name
  // that was made to stand for this machine does not make a foreign page one of them.
  bool is_loopback_only = true;
  std::string public_origin;  // "https://chat.example.com", as people reach it; "" = not said
};

// "localhost", "x.localhost", "127.0.0.1", "[::1]"; with or without a port.
bool is_loopback_host(std::string_view host);

// "https://brand.example", "https://*.brand.example:8443" or "*" (any).
bool is_origin_pattern(std::string_view text);

// `allowed` are patterns besides the listener's own pages.
bool may_come_from(const Request& request, const OriginRule& rule,
                   std::span<const std::string> allowed);

// Changes of state take JSON, which a foreign page cannot send without being asked for its origin
// first, and only from pages that may: 415 or 403; nullopt when it is right. A request without a
// body needs no type.
std::optional<int> refuses_change(const Request& request, const OriginRule& rule,
                                  std::span<const std::string> allowed);

}  // namespace millrace::web
