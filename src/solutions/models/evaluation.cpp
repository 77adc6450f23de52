#include "solutions/models/evaluation.hpp"

namespace millrace::solutions {

base::Result<void> judge(const std::string& bytes, const std::vector<nlu::Example>& examples,
                         std::vector<nlu::Outcome>& out) {
  const auto model = nlu::Model::read(std::as_bytes(std::span(bytes)));
  if (!model) return std::unexpected(model.error());
  for (const nlu::Example& example : examples) {
    const auto understood = model->understand(example.text, 1);
    if (understood.guesses.empty()) continue;
    out.push_back({example.text, example.intent, std::string(understood.guesses[0].intent),
                   understood.guesses[0].probability, understood.is_in_scope});
  }
  return {};
}

base::Result<std::vector<nlu::Outcome>> cross_validate(const std::vector<nlu::Example>& examples,
                                                       const EvaluationChoice& choice,
                                                       const TrainPart& train) {
  std::vector<nlu::Outcome> out;
  const auto parts = nlu::deal(examples, choice.folds, choice.seed);
  for (size_t p = 0; p < parts.size(); ++p) {
    if (choice.begins) choice.begins(p + 1, parts.size());
    std::vector<nlu::Example> rest;
    for (size_t q = 0; q < parts.size(); ++q) {
      if (q != p) rest.insert(rest.end(), parts[q].begin(), parts[q].end());
    }
    const auto bytes = train(rest);
    if (!bytes) return std::unexpected(bytes.error());
    if (auto judged = judge(*bytes, parts[p], out); !judged) {
      return std::unexpected(judged.error());
    }
  }
  return out;
}

json::object to_json(const nlu::Report& report) {
  json::array confusions;
  for (const auto& one : report.confusions) {
    confusions.push_back(json::object{
        {"intent", one.intent}, {"guess", one.guess}, {"count", one.count}, {"text", one.text}});
  }
  return {{"in_scope", report.inside},
          {"right", report.right},
          {"right_and_accepted", report.right_and_accepted},
          {"out_of_scope", report.outside},
          {"refused", report.refused},
          {"calibration_error", report.calibration_error},
          {"confusions", std::move(confusions)}};
}

}  // namespace millrace::solutions
