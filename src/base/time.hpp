// Moments and dates as values. Nothing here asks what time it is: moments come in with the input.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::base {

// A moment: milliseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  int64_t ms = 0;
  auto operator<=>(const Timestamp&) const = default;
};

// A day of the proleptic Gregorian calendar. `make` refuses days that do not exist.
struct Date {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  static std::optional<Date> make(int year, int month, int day);
  auto operator<=>(const Date&) const = default;
};

Date utc_date(Timestamp at);
Timestamp start_of_utc_day(Date date);
// Whether it names a time zone: "Europe/Lisbon", "UTC" (IANA's names, as ICU has them).
bool is_time_zone(std::string_view name);
// The names of all of them.
std::vector<std::string> time_zones();
// The day it is there: "Europe/Lisbon", "UTC"; UTC when the zone is not known or empty.
Date date_in_zone(Timestamp at, std::string_view zone);

// A moment as somebody's calendar shows it.
struct LocalMoment {
  Timestamp at;
  std::string_view zone = {};       // where they are, as far as it is known
  std::string_view otherwise = {};  // the zone that holds where that is none
  Date date() const;
};

// "2026-01-02T03:04:05.678Z"
std::string to_iso8601(Timestamp at);
// "2026-01-02"
std::string to_iso8601(Date date);

// A date-time of ISO 8601: "YYYY-MM-DD[T ]HH:MM[:SS[.fraction]][ ][Z|+HH:MM|+HHMM]", or a date
// alone; without a zone it is UTC. nullopt when it is anything else or no such moment exists.
std::optional<Timestamp> parse_iso8601(std::string_view text);
// "YYYY-MM-DD" and nothing else.
std::optional<Date> parse_iso8601_date(std::string_view text);

}  // namespace millrace::base
