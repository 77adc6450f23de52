#include "profiles/json_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/json_plain.hpp"

namespace millrace::profiles {
namespace {

template <typename Number>
std::string_view written(std::array<char, 32>& into, Number number) {
  const auto end = std::to_chars(into.data(), into.data() + into.size(), number).ptr;
  return {into.data(), end};
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  json::append_quoted(out, text);
}

void append_json(std::string& out, int64_t number) {
  std::array<char, 32> buffer{};
  out += written(buffer, number);
}

void append_json(std::string& out, const json::object& object) {
  json::append_plain(out, object);
}

void append_json(std::string& out, const json::value& value) {
  json::append_plain(out, value);
}

void append_time(std::string& out, base::Timestamp at) {
  constexpr int64_t kDayMs = 24 * 60 * 60 * 1'000;
  const base::Date date = base::utc_date(at);
  const int64_t of_day = ((at.ms % kDayMs) + kDayMs) % kDayMs;
  if (date.year < 0 || date.year > 9'999) {
    out += base::to_iso8601(at);
    return;
  }
  char text[] = "0000-00-00T00:00:00.000Z";
  const auto put = [&](int at_digit, int digits, int64_t number) {
    for (int i = digits - 1; i >= 0; --i, number /= 10) {
      text[at_digit + i] = static_cast<char>('0' + number % 10);
    }
  };
  put(0, 4, date.year);
  put(5, 2, date.month);
  put(8, 2, date.day);
  put(11, 2, of_day / 3'600'000);
  put(14, 2, of_day / 60'000 % 60);
  put(17, 2, of_day / 1'000 % 60);
  put(20, 3, of_day % 1'000);
  out.append(text, sizeof text - 1);
}

size_t bytes_at_most(const json::value& value) {
  constexpr size_t kEscaped = 6;  // "\u0001"
  constexpr size_t kNumber = 32;
  size_t bytes = kNumber;
  if (value.is_string()) return bytes + kEscaped * value.get_string().size();
  if (const auto* array = value.if_array()) {
    for (const json::value& item : *array) bytes += 1 + bytes_at_most(item);
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      bytes += 4 + kEscaped * member.key().size() + bytes_at_most(member.value());
    }
  }
  return bytes;
}

std::string text_in(const json::object& object, std::string_view key) {
  return std::string(json::get_string(object, key).value_or(""));
}

const json::array& items_in(const json::object& object, std::string_view key) {
  static const json::array kNone;
  const auto* items = json::get_array(object, key);
  return items == nullptr ? kNone : *items;
}

bool is_finite(const json::value& value) {
  if (value.is_double()) return std::isfinite(value.get_double());
  if (const auto* array = value.if_array()) return std::ranges::all_of(*array, is_finite);
  if (const auto* object = value.if_object()) {
    return std::ranges::all_of(*object,
                               [](const auto& member) { return is_finite(member.value()); });
  }
  return true;
}

}  // namespace millrace::profiles
