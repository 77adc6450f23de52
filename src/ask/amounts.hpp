// Numbers that are said in words around halves and dozens. For the files of this room only.
#pragma once

#include <optional>
#include <string_view>

namespace millrace::ask {

// "two and a half", "anderthalb", "two and a half million", "a dozen", "meia dúzia": all of the
// text is it.
std::optional<double> amount_in_words(std::string_view text, std::string_view locale);

}  // namespace millrace::ask
