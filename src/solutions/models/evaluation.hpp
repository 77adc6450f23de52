// How well a solution's examples are told apart: by cross-validation, each part being judged by a
// model of the others.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "nlu/judge/judge.hpp"
#include "nlu/nlu.hpp"

namespace millrace::solutions {

using TrainPart = std::function<base::Result<std::string>(const std::vector<nlu::Example>&)>;

struct EvaluationChoice {
  size_t folds = 5;
  uint64_t seed = 1;
  std::function<void(size_t part, size_t parts)> begins = {};  // from 1
};

// What the model makes of examples that it has not seen, added to `out`. data_loss: these are not
// a model's bytes.
base::Result<void> judge(const std::string& bytes, const std::vector<nlu::Example>& examples,
                         std::vector<nlu::Outcome>& out);
// Errors: those of `train`.
base::Result<std::vector<nlu::Outcome>> cross_validate(const std::vector<nlu::Example>& examples,
                                                       const EvaluationChoice& choice,
                                                       const TrainPart& train);
// As `millrace nlu test --json` prints it.
json::object to_json(const nlu::Report& report);

}  // namespace millrace::solutions
