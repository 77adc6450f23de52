#include "braze/diagnostics.hpp"

#include <unicode/utf8.h>

#include <algorithm>
#include <cstdio>

#include "base/redact.hpp"
#include "base/text.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kItemsMax = 24;
constexpr ptrdiff_t kItemsPerCodeMax = 5;
constexpr size_t kHeaderBytesMax = 4'096;
constexpr size_t kShownNameLengthMax = 64;

json::object to_object(const Diagnostic& item) {
  return {{"code", item.code}, {"message", item.message}};
}

void append_escape(std::string& out, unsigned unit) {
  char escape[8];
  std::snprintf(escape, sizeof escape, "\\u%04x", unit);
  out += escape;
}

// JSON text with everything but printable ASCII as \u escapes: header values are no place for more.
std::string to_ascii_json(std::string_view text) {
  std::string out;
  int32_t at = 0;
  const auto length = static_cast<int32_t>(text.size());
  while (at < length) {
    UChar32 c = 0;
    U8_NEXT(text.data(), at, length, c);
    if (c >= 0x20 && c < 0x7f) {
      out += static_cast<char>(c);
    } else if (c < 0 || c > 0xffff) {
      const auto above = static_cast<unsigned>(c < 0 ? 0 : c - 0x10000);
      append_escape(out, c < 0 ? 0xfffd : 0xd800 + (above >> 10));
      if (c >= 0) append_escape(out, 0xdc00 + (above & 0x3ff));
    } else {
      append_escape(out, static_cast<unsigned>(c));
    }
  }
  return out;
}

}  // namespace

void Diagnostics::add(std::string code, std::string message) {
  if (items_.size() >= kItemsMax) return;
  if (std::ranges::count(items_, code, &Diagnostic::code) >= kItemsPerCodeMax) return;
  const bool said = std::ranges::any_of(
      items_, [&](const Diagnostic& item) { return item.code == code && item.message == message; });
  if (!said) items_.push_back({std::move(code), std::move(message)});
}

json::array Diagnostics::to_json() const {
  json::array out;
  for (const Diagnostic& item : items_) out.push_back(to_object(item));
  return out;
}

std::string Diagnostics::to_header() const {
  std::string out = "[";
  for (const Diagnostic& item : items_) {
    const std::string text = to_ascii_json(json::serialize(to_object(item)));
    if (out.size() + text.size() + 2 > kHeaderBytesMax) break;
    if (out.size() > 1) out += ',';
    out += text;
  }
  return out + "]";
}

std::string quoted_name(std::string_view name) {
  return "'" + base::redact(base::utf8_prefix(name, kShownNameLengthMax), {}) + "'";
}

}  // namespace millrace::braze
