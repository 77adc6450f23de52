#include "braze/front/diagnostics.hpp"

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
  return {{"code", item.code}, {"message", item.message()}};
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

std::string Diagnostic::message() const {
  return name ? before + quoted_name(*name) + after : before;
}

bool Diagnostics::is_full(std::string_view code) const {
  if (items_.size() >= kItemsMax) return true;
  return std::ranges::count(items_, code, &Diagnostic::code) >= kItemsPerCodeMax;
}

void Diagnostics::add(std::string_view code, std::string_view message) {
  if (is_full(code)) return;
  const bool said = std::ranges::any_of(items_, [&](const Diagnostic& item) {
    return item.code == code && !item.name && item.before == message;
  });
  if (!said) items_.push_back({std::string(code), std::string(message), std::nullopt, {}});
}

void Diagnostics::add(std::string_view code, std::string_view before, std::string_view name,
                      std::string_view after) {
  if (is_full(code)) return;
  name = base::utf8_prefix(name, kShownNameLengthMax);
  const bool said = std::ranges::any_of(items_, [&](const Diagnostic& item) {
    return item.code == code && item.name == name && item.after == after;
  });
  if (said) return;
  items_.push_back({std::string(code), std::string(before), std::string(name), std::string(after)});
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
