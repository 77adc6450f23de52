// What is said around an hour: which half of the day it is of, and how many minutes before or after
// it. For the files of this room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ask/words.hpp"

namespace millrace::ask {

// What minutes are called.
inline constexpr WordList kMinuteWords = "minute minutes minuto minutos minuten min";

// Takes "pm", "in the morning", "da tarde" off the end. True: after noon.
std::optional<bool> take_half_of_day(std::vector<std::string>& words, Language language);
// Takes "half past", "quarter to", "ten past", "menos cuarto" away and leaves the hour. The minutes
// that are added to it, from -30 to 30; never 0.
std::optional<int> take_offset(std::vector<std::string>& words, std::string_view locale);

}  // namespace millrace::ask
