// Keeps secrets and personal data out of log lines. Pure: text and what to hide come in.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace millrace::base {

// A value that must not appear, and the name that may stand in its place.
struct Sensitive {
  std::string value;
  std::string label;
};

// The text with every sensitive value replaced by "[label]" (longest values first; values shorter
// than three bytes are left, they would hide nothing and maim the line), also where the value was
// JSON-escaped or percent-encoded, then every remaining e-mail address by "[email]" and every
// "Bearer X" credential by "Bearer [redacted]". Line breaks are written as "\n" and "\r" so that a
// line stays a line.
std::string redact(std::string_view text, std::span<const Sensitive> sensitive);

}  // namespace millrace::base
