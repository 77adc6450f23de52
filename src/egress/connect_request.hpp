// What a worker says to the proxy, read strictly. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "egress/target.hpp"

namespace millrace::egress {

constexpr size_t kConnectHeadBytesMax = 4'096;

struct ConnectRequest {
  Authority to;
  std::string tag;        // Millrace-Call; may be empty
  size_t head_bytes = 0;  // what follows belongs into the tunnel
};

// nullopt while more has to come. An error (invalid_argument, a sentence for people) as soon as it
// cannot become a request any more: another method, another version than HTTP/1.0 or 1.1, bare line
// feeds, folded lines, over 4 KB or 32 headers, a body, a Host that contradicts the target.
base::Result<std::optional<ConnectRequest>> parse_connect(std::string_view received);

}  // namespace millrace::egress
