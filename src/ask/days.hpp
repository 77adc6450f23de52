// Days as people say them, counted from today. For the files of this room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace millrace::ask {

// 0 Monday to 6 Sunday.
int weekday_of(base::Date date);
base::Date plus_days(base::Date date, int64_t days);
// The same day so many months later, or the last one of that month.
base::Date plus_months(base::Date date, int months);

// Takes a day of the week out of the words, with what belongs to it ("feira"); nullopt when there
// is none.
std::optional<int> take_weekday(std::vector<std::string>& words, std::string_view locale);

// "tomorrow", "next friday", "in three weeks", "vor 2 Tagen", "sexta que vem". A weekday alone is
// the next one after today, or the last one before where only the past counts.
std::optional<base::Date> spoken_day(std::vector<std::string> words, std::string_view locale,
                                     base::Date today, bool looks_back);

}  // namespace millrace::ask
