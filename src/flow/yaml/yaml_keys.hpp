// The keys of a YAML flow: one table for the reader, for "did you mean", for the JSON Schema and
// for the table in docs/flows.md.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::flow {

// What may stand behind a key.
enum class Shape {
  text,
  texts,  // one, or a list of them
  list,   // of texts
  truth,
  always,  // true, and nothing else
  integer,
  number,
  day,
  duration,
  node,    // the name or number of a node
  object,  // or its JSON as text
  map,     // of anything
  variable,
  variables,
  nodes,    // names and the nodes they lead to, or a cell of the CSV format
  buttons,  // choices, or a cell of the CSV format
  choices,
  behaviours,
  asset,
  cells,
  cases,
  assignments,
  form,
  type,  // of an answer
  show,
  reminders,
  secret,     // a text that names where the value comes from
  words,      // one of Key::words
  word_list,  // several of them
  section,    // a map of Key::section
  sections,   // the same under names that the author gives
  channels,
  aside,
  phrases,  // names and what is said for them
  silence_reminders,
  text_or_section,
  text_or_true,
};

struct Key {
  std::string_view name;
  Shape shape = Shape::text;
  std::string_view help;
  int min = 0;  // of an integer, both included; none when max is 0
  int max = 0;
  const std::vector<std::string>* words = nullptr;
  std::span<const Key> section = {};
};

// Every key a node may have, in the order of the documentation.
std::vector<Key> node_keys();
// Of a choice written as a map, of a case of `if`, of a reminder, of a form, and of the file.
std::span<const Key> choice_keys();
std::span<const Key> case_keys();
std::span<const Key> reminder_keys();
std::span<const Key> form_keys();
std::span<const Key> flow_keys();
// Of an asset, beside the fields of its kind.
std::span<const Key> asset_keys();

std::vector<std::string> names_of(std::span<const Key> keys);

// The words that a key of that shape takes.
const std::vector<std::string>& answer_types();
const std::vector<std::string>& behaviour_names();
// How choices are shown, and the rich asset that does.
struct ShowWord {
  std::string_view word;
  std::string_view asset;
};
std::span<const ShowWord> show_words();

}  // namespace millrace::flow
