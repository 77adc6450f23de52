// The phrases of what people say beside the point. For the files of this room only.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "ask/language.hpp"

namespace millrace::ask {

using Phrases = std::vector<std::string_view>;

// By command. In "change" phrases {what} stands for one to four words, {value} for the rest.
const std::array<Phrases, kCommandCount>& phrases_of(Language language);

}  // namespace millrace::ask
