// What a message is about by its words alone, where the flow has nodes for it. Pure; for the files
// of this room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "flow/program.hpp"

namespace millrace::dialog {

// has_words: the message has every word of one of the utterances, and little else; the utterance
// with the most words wins. is_the_same: it is an utterance, whatever its case and marks.
enum class Match { has_words, is_the_same };

// In the consumer's language or the default one.
std::optional<std::string> intent_of(std::string_view text, const flow::Program& program,
                                     size_t locale, Match match = Match::has_words);

}  // namespace millrace::dialog
