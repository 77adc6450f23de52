// What texts mean to a model, and why: for whoever writes its examples.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "nlu/entities/entities.hpp"
#include "nlu/nlu.hpp"

namespace millrace::solutions {

struct NearExample {
  std::string text;
  std::string intent;   // "": out of scope
  double likeness = 0;  // of their words, the share that both have; up to 1
};
struct Parsed {
  std::vector<std::pair<std::string, float>> guesses;  // intents, the most probable first
  bool is_in_scope = false;
  bool is_close = false;
  float known = 0;
  float threshold = 0;
  std::vector<nlu::Evidence> evidence;
  std::vector<nlu::Span> slots;  // of the first guess
  std::vector<nlu::Entity> entities;
  std::vector<NearExample> nearest;  // the most alike first
};

struct ParseChoice {
  std::string locale = "en";
  base::Date today;
  size_t guesses_max = 5;
  size_t nearest_max = 3;
};
// In the order of the texts. data_loss: these are not a model's bytes.
base::Result<std::vector<Parsed>> parse(const std::string& model,
                                        const std::vector<nlu::Example>& examples,
                                        const std::vector<std::string>& texts,
                                        const ParseChoice& choice);

}  // namespace millrace::solutions
