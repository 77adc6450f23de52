#include "base/json.hpp"

#include <array>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <new>

#include "base/json_write.hpp"
#include "base/utf16.hpp"

namespace millrace::json {
namespace {

constexpr size_t kDepthMax = 32;

// Byte for byte what boost::json::serialize gives, which takes several times as long.
constexpr Style kLibrarys{
    escapes_with("\bb\ff\nn\rr\tt\"\"\\\\"),
    [](std::string& out, double number) { out += boost::json::serialize(value(number)); }};

base::Result<value> parse_strictly(std::string_view text, boost::json::storage_ptr storage) {
  // The library parses exactly one value, refuses what follows it, and checks UTF-8.
  boost::json::parse_options options;
  options.max_depth = kDepthMax;
  std::array<unsigned char, 4'096> scratch;  // what is being put together at any time
  boost::json::parser parser({}, options, scratch.data(), scratch.size());
  parser.reset(std::move(storage));
  boost::json::error_code error;
  const size_t read = parser.write_some(text.data(), text.size(), error);
  if (!error && text.substr(read).find_first_not_of(" \t\r\n") != std::string_view::npos) {
    error = boost::json::error::extra_data;
  }
  if (error) {
    return base::fail(base::Code::invalid_argument,
                      "not valid JSON at byte " + std::to_string(read) + ": " + error.message());
  }
  return parser.release();
}

// With U+FFFD for each half of a pair that stands alone: what a program that cuts texts at UTF-16
// units leaves of an emoji. "" when there is none.
std::string without_half_pairs(std::string_view text) {
  std::string out;
  bool has_any = false;
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      out += text[at++];
      continue;
    }
    const auto unit = base::escaped_utf16_unit(text.substr(at));
    size_t length = unit ? base::kUtf16EscapeBytes : std::min<size_t>(2, text.size() - at);
    if (base::is_high_surrogate(unit) &&
        base::is_low_surrogate(base::escaped_utf16_unit(text.substr(at + length)))) {
      length *= 2;
    } else if (base::is_high_surrogate(unit) || base::is_low_surrogate(unit)) {
      out += "\\ufffd";
      has_any = true;
      at += length;
      continue;
    }
    out += text.substr(at, length);
    at += length;
  }
  return has_any ? out : std::string();
}

}  // namespace

base::Result<value> parse(std::string_view text, boost::json::storage_ptr storage) {
  auto parsed = parse_strictly(text, storage);
  if (parsed) return parsed;
  const std::string mended = without_half_pairs(text);
  return mended.empty() ? std::move(parsed) : parse_strictly(mended, std::move(storage));
}

base::Result<object> parse_object(std::string_view text, boost::json::storage_ptr storage) {
  auto parsed = parse(text, std::move(storage));
  if (!parsed) return std::unexpected(parsed.error());
  if (!parsed->is_object()) {
    return base::fail(base::Code::invalid_argument, "expected a JSON object");
  }
  return std::move(parsed->as_object());
}

std::string serialize(const value& v) {
  std::string out;
  append(out, v, kLibrarys);
  return out;
}
std::string serialize(const object& o) {
  std::string out;
  append(out, o, kLibrarys);
  return out;
}

std::optional<std::string_view> get_string(const object& o, std::string_view key) {
  const value* found = o.if_contains(key);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string_view(found->get_string());
}

std::optional<int64_t> get_integer(const object& o, std::string_view key) {
  const value* found = o.if_contains(key);
  if (found == nullptr) return std::nullopt;
  if (found->is_int64()) return found->get_int64();
  if (found->is_uint64() && found->get_uint64() <= std::numeric_limits<int64_t>::max()) {
    return static_cast<int64_t>(found->get_uint64());
  }
  return std::nullopt;
}

std::optional<bool> get_bool(const object& o, std::string_view key) {
  const value* found = o.if_contains(key);
  if (found == nullptr || !found->is_bool()) return std::nullopt;
  return found->get_bool();
}

const object* get_object(const object& o, std::string_view key) {
  const value* found = o.if_contains(key);
  return found == nullptr ? nullptr : found->if_object();
}

const array* get_array(const object& o, std::string_view key) {
  const value* found = o.if_contains(key);
  return found == nullptr ? nullptr : found->if_array();
}

std::string to_text(const value& v) {
  if (v.is_string()) return std::string(v.get_string());
  if (v.is_null()) return "None";
  if (const double* number = v.if_double()) {
    // 99.5, where the serializer writes 9.95E1.
    constexpr double kLeast = 1e-5, kMost = 1e15;
    const double size = std::abs(*number);
    const bool is_plain = size == 0 || (size >= kLeast && size < kMost);
    char buffer[64];
    const auto format = is_plain ? std::chars_format::fixed : std::chars_format::general;
    const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, *number, format);
    if (code == std::errc()) return {buffer, end};
  }
  return boost::json::serialize(v);
}

}  // namespace millrace::json
