// Files of examples as they are written: templates of the published format, YAML of ours and of
// Rasa, and lines with tabs or JSON. Pure: text in, examples and complaints out.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nlu/nlu.hpp"

namespace millrace::nlu {

struct FormatProblem {
  int line = 0;  // from 1; 0 where it is the whole file
  std::string message;
};

struct ReadExamples {
  std::vector<Example> examples;
  std::vector<int> lines;                                                  // of each example
  std::vector<std::pair<std::string, std::vector<std::string>>> synonyms;  // value: what is said
  std::vector<std::pair<std::string, std::vector<std::string>>> lookups;   // slot: its words
  std::vector<std::pair<std::string, std::string>> regexes;                // slot: pattern
  std::vector<FormatProblem> problems;
};

// By the end of the name: .csv (Utterance,Intent[,Type]), .tsv (text TAB intent), .jsonl
// ({"text","intent","slots":[{"start","end","slot"}]}, in bytes), .yaml and .yml (`intents:`, or
// Rasa's `nlu:`). An intent named `out_of_scope`, `oos` or "" has no intent.
ReadExamples read_examples(std::string_view name, std::string_view text);

// "[Ana Silva](name) here" without its marks, with a span for each.
Example unmarked(std::string_view text, std::string intent);

// All of it as `intents:` and what goes with it, in the order in which intents first come; each
// example once.
std::string write_yaml(const ReadExamples& read);

// As .tsv has them; what a cell cannot hold becomes a blank.
std::string write_tsv(const std::vector<Example>& examples);

}  // namespace millrace::nlu
