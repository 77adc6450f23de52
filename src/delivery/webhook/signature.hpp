// Standard Webhooks' signature, version 1 (symmetric).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace millrace::delivery::webhook {

// The key of "whsec_" and base64: 24 to 64 bytes. invalid_argument, without the secret in it, when
// it is anything else.
base::Result<std::string> key_of(std::string_view secret);

// "v1,<base64 of HMAC-SHA256 of id.timestamp.body>" for each key, separated by spaces.
std::string signature(std::span<const std::string> keys, std::string_view id, int64_t timestamp_s,
                      std::string_view body);

}  // namespace millrace::delivery::webhook
