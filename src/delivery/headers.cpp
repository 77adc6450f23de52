#include "delivery/headers.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace millrace::delivery {
namespace {

constexpr size_t kReasonBytesMax = 500;
constexpr int64_t kEpochFrom = 1'000'000'000;
constexpr int64_t kLargestSecond = 253'402'300'799;  // the year 9999

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::optional<base::Timestamp> read_http_date(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return {};
  const size_t month = kMonths.find(text.substr(8, 3));
  const auto day = read_number(text.substr(5, 2));
  const auto year = read_number(text.substr(12, 4));
  if (month == kMonths.npos || month % 3 != 0 || !day || !year) return std::nullopt;
  const auto date = base::Date::make(static_cast<int>(*year), static_cast<int>(month / 3) + 1,
                                     static_cast<int>(*day));
  if (!date) return std::nullopt;
  return base::parse_iso8601(base::to_iso8601(*date) + "T" + std::string(text.substr(17, 8)) + "Z");
}

}  // namespace

std::string shown(std::string_view text, std::span<const base::Sensitive> sensitive) {
  // Redacted before it is shortened: half a key is still half a key.
  const std::string_view start = text.substr(0, 16 * kReasonBytesMax);
  const std::string clean =
      base::redact(base::is_valid_utf8(start) ? start : "(not text)", sensitive);
  return std::string(base::utf8_prefix(clean, kReasonBytesMax));
}

std::string token_of(std::string_view text) {
  const bool is_token = text.size() <= 64 && std::ranges::all_of(text, [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                 (c >= '0' && c <= '9') || c == '-' || c == '_';
                        });
  return is_token ? std::string(text) : "";
}

std::optional<std::string_view> header(const web::Response& response, std::string_view name) {
  for (const web::Header& one : response.headers) {
    if (base::equals_ignoring_case(one.name, name)) return base::trim(one.value);
  }
  return std::nullopt;
}

std::optional<int64_t> read_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view rest(end, static_cast<size_t>(text.data() + text.size() - end));
  // "1.5" is a second and a half; the fraction does not matter.
  const bool is_whole = rest.empty() || rest.starts_with('.');
  if (error != std::errc() || !is_whole || number < 0) return std::nullopt;
  return number;
}

std::optional<base::Timestamp> read_moment(std::string_view text, base::Timestamp now) {
  if (const auto number = read_number(text)) {
    if (*number > kLargestSecond) return std::nullopt;
    return base::Timestamp{*number < kEpochFrom ? now.ms + *number * 1'000 : *number * 1'000};
  }
  return read_http_date(text);
}

}  // namespace millrace::delivery
