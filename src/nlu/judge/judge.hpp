// How good a model is, and what is wrong with examples. Pure: values in, values and a page out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nlu/nlu.hpp"

namespace millrace::nlu {

// One text that the model had not seen.
struct Outcome {
  std::string text, intent, guess;  // intent "": out of scope
  float probability = 0;
  bool is_in_scope = false;
};

struct IntentFigures {
  std::string intent;
  size_t examples = 0, right = 0, guessed = 0;
  double precision() const;
  double recall() const;
};

struct Confusion {
  std::string intent, guess;
  size_t count = 0;
  std::string text;  // one of them
};

// Of those with about this probability, how many there are and how many are right.
struct CalibrationBin {
  size_t count = 0, right = 0;
  double probability = 0;  // on average
};

struct Report {
  size_t inside = 0, right = 0, right_and_accepted = 0;
  size_t outside = 0, refused = 0;
  double calibration_error = 0;        // expected: 0 is perfect
  std::vector<IntentFigures> intents;  // the worst first
  std::vector<Confusion> confusions;   // the most frequent first
  std::vector<CalibrationBin> bins;    // ten, from 0 to 1
};
Report make_report(const std::vector<Outcome>& outcomes);
// A page of its own with the figures, the table of confusions and the plot of the calibration.
std::string to_html(const Report& report, std::string_view title);

// The examples dealt out into so many parts, each intent evenly, in an order that the seed says.
std::vector<std::vector<Example>> deal(const std::vector<Example>& examples, size_t parts,
                                       uint64_t seed);

// What is to be learned, and a share of each intent's examples put aside, chosen by the seed.
struct Divided {
  std::vector<Example> kept, aside;
};
Divided put_aside(const std::vector<Example>& examples, double share, uint64_t seed);

struct Finding {
  enum class Kind { conflict, duplicate, near_duplicate, few_examples, leak };
  Kind kind = Kind::conflict;
  std::string message;
  size_t first = 0, second = 0;  // examples, where there are two
};
std::string_view to_string(Finding::Kind kind);

// The same text under two intents, or twice under one; texts of two intents that differ by one
// word; intents with fewer than ten examples.
std::vector<Finding> check_examples(const std::vector<Example>& examples);
// Texts that both sets have: what was learned is no test. `first` is of `train`.
std::vector<Finding> find_leaks(const std::vector<Example>& train,
                                const std::vector<Example>& test);

}  // namespace millrace::nlu
