// What answers say in headers and texts, read whatever comes over the wire: missing, empty, of any
// notation.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/redact.hpp"
#include "base/time.hpp"
#include "base/web/web.hpp"

namespace millrace::delivery {

// Its value without the spaces around it.
std::optional<std::string_view> header(const web::Response& response, std::string_view name);

// A whole number from 0, perhaps with a fraction, which does not count.
std::optional<int64_t> read_number(std::string_view text);
// "120" (seconds from now), "1592427600" (seconds since 1970: from 1e9 on), or an HTTP date.
// nullopt when it is empty or anything else.
std::optional<base::Timestamp> read_moment(std::string_view text, base::Timestamp now);
// A request id, as long as it is an ordinary token of at most 64 characters; else "".
std::string token_of(std::string_view text);

// A receiver's words as they may be kept: redacted, and at most 500 bytes.
std::string shown(std::string_view text, std::span<const base::Sensitive> sensitive);

}  // namespace millrace::delivery
