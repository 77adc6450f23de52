#include "base/time.hpp"

#include <unicode/strenum.h>
#include <unicode/timezone.h>

#include <memory>

#include <chrono>
#include <cstdio>

namespace millrace::base {
namespace {

namespace chrono = std::chrono;

constexpr int64_t kMsPerDay = 86'400'000;

int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

// Reads exactly `count` digits at the front; nullopt otherwise. Consumes them.
std::optional<int> take_digits(std::string_view& text, size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Date> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  return Date::make(*year, *month, *day);
}

// "HH:MM[:SS[.fraction]]" as milliseconds of the day.
std::optional<int64_t> take_time_of_day(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int64_t ms = (*hour * 60 + *minute) * 60'000;
  if (!take(text, ':')) return ms;
  const auto second = take_digits(text, 2);
  if (!second || *second > 60) return std::nullopt;
  ms += *second * 1000;
  // yyyy-MM-ddTHH:mm:ss:SSSZ, with a colon before the fraction, is documented by Braze.
  if (!take(text, '.') && !(text.size() >= 4 && take(text, ':'))) return ms;
  int64_t scale = 100;
  size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9' && digits < 9) {
    ms += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  return ms;
}

// "Z", "+HH:MM", "-HHMM" or nothing, as milliseconds east of UTC.
std::optional<int64_t> take_zone(std::string_view& text) {
  if (text.empty() || take(text, 'Z') || take(text, 'z')) return 0;
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2);
  take(text, ':');
  const auto minutes = take_digits(text, 2);
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  const int64_t offset = (*hours * 60 + *minutes) * 60'000;
  return west ? -offset : offset;
}

// nullptr for what is no zone.
std::unique_ptr<icu::TimeZone> zone_of(std::string_view name) {
  constexpr size_t kNameBytesMax = 64;
  if (name.empty() || name.size() > kNameBytesMax) return nullptr;
  std::unique_ptr<icu::TimeZone> zone(
      icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(std::string(name))));
  if (*zone == icu::TimeZone::getUnknown()) return nullptr;
  return zone;
}

}  // namespace

std::optional<Date> Date::make(int year, int month, int day) {
  if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
    return std::nullopt;
  const chrono::year_month_day date{chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return Date{year, month, day};
}

Date utc_date(Timestamp at) {
  const chrono::sys_days days{chrono::days(floor_div(at.ms, kMsPerDay))};
  const chrono::year_month_day date{days};
  return Date{static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
              static_cast<int>(static_cast<unsigned>(date.day()))};
}

Timestamp start_of_utc_day(Date date) {
  const chrono::sys_days days{chrono::year_month_day{
      chrono::year(date.year), chrono::month(static_cast<unsigned>(date.month)),
      chrono::day(static_cast<unsigned>(date.day))}};
  return Timestamp{days.time_since_epoch().count() * kMsPerDay};
}

// nullopt where the zone is none.
static std::optional<Date> date_there(Timestamp at, std::string_view zone) {
  const auto known = zone_of(zone);
  if (known == nullptr) return std::nullopt;
  UErrorCode status = U_ZERO_ERROR;
  int32_t raw = 0, saving = 0;
  known->getOffset(static_cast<UDate>(at.ms), 0, raw, saving, status);
  return utc_date(Timestamp{U_FAILURE(status) ? at.ms : at.ms + raw + saving});
}

bool is_time_zone(std::string_view name) {
  return zone_of(name) != nullptr;
}

std::vector<std::string> time_zones() {
  std::vector<std::string> names;
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::StringEnumeration> all(icu::TimeZone::createEnumeration(status));
  const char* name = nullptr;
  while (U_SUCCESS(status) && (name = all->next(nullptr, status)) != nullptr) {
    names.emplace_back(name);
  }
  return names;
}

Date date_in_zone(Timestamp at, std::string_view zone) {
  return date_there(at, zone).value_or(utc_date(at));
}

Date LocalMoment::date() const {
  if (const auto there = date_there(at, zone)) return *there;
  return date_in_zone(at, otherwise);
}

std::string to_iso8601(Timestamp at) {
  const Date date = utc_date(at);
  const int64_t in_day = at.ms - start_of_utc_day(date).ms;
  char buffer[40];
  const int length = std::snprintf(
      buffer, sizeof buffer, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", date.year, date.month, date.day,
      static_cast<int>(in_day / 3'600'000), static_cast<int>(in_day / 60'000 % 60),
      static_cast<int>(in_day / 1000 % 60), static_cast<int>(in_day % 1000));
  return std::string(buffer, static_cast<size_t>(length));
}

std::string to_iso8601(Date date) {
  char buffer[24];
  const int length =
      std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02d", date.year, date.month, date.day);
  return std::string(buffer, static_cast<size_t>(length));
}

std::optional<Timestamp> parse_iso8601(std::string_view text) {
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  const int64_t midnight = start_of_utc_day(*date).ms;
  if (text.empty()) return Timestamp{midnight};
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  const auto in_day = take_time_of_day(text);
  if (!in_day) return std::nullopt;
  take(text, ' ');
  const auto offset = take_zone(text);
  if (!offset || !text.empty()) return std::nullopt;
  return Timestamp{midnight + *in_day - *offset};
}

std::optional<Date> parse_iso8601_date(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !text.empty()) return std::nullopt;
  return date;
}

}  // namespace millrace::base
