// What a message is about, where that leads away from the question: by its words, then by what a
// model read in it. Pure; for the files of this room only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialog/understood.hpp"
#include "flow/program.hpp"

namespace millrace::dialog {

// How sure a model has to be, and how much of the message it has to know, before a question that
// takes any text is left.
inline constexpr int kSureOverAnswerPermille = 700;
inline constexpr int kKnownOverAnswerPermille = 500;

struct Place {
  const flow::Program& program;
  const flow::Node& node;  // where the question is asked
  const flow::DialogNode& question;
  size_t locale = 0;
  bool takes_anything = false;  // the question does
};

// The intents that the message may have, of those that a node is there for: none, the one that it
// has, or two between which the consumer has to decide. `understood` may be null.
std::vector<std::string> intents_of(std::string_view text, const Understood* understood,
                                    const Place& place);

// What flow a node is of; "" where flows have no names.
std::string_view flow_of(const flow::Node& node);

// How people say it: the first utterance in that language, else in the default one, else its name.
std::string spoken(std::string_view intent, const flow::Program& program, size_t locale);

}  // namespace millrace::dialog
