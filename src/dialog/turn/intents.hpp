// What a message is about, where the flow has nodes for it. Pure; for the files of this room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "flow/program.hpp"

namespace millrace::dialog {

// A message matches an intent when it has every word of one of its utterances, in the consumer's
// language or the default one, and little else; until an NLU takes over, the utterance with the
// most words wins.
std::optional<std::string> intent_of(std::string_view text, const flow::Program& program,
                                     size_t locale);

}  // namespace millrace::dialog
