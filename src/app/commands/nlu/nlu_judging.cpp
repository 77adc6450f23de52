// `millrace nlu test` and `check`: how good a model is, and what is wrong with examples.
#include <iomanip>
#include <iostream>

#include "app/commands/command.hpp"
#include "app/commands/listing.hpp"
#include "app/commands/nlu/nlu_files.hpp"
#include "base/json.hpp"
#include "nlu/judge/judge.hpp"
#include "posix/files.hpp"
#include "solutions/models/evaluation.hpp"

namespace millrace::app {
namespace {

constexpr size_t kConfusionsShown = 15;

base::Result<std::vector<nlu::Outcome>> outcomes_of(const NluOptions& options) {
  std::vector<nlu::Outcome> out;
  std::vector<nlu::Example> examples;
  if (!options.files.empty()) {
    auto read = read_nlu_examples(options.files);
    if (!read) return std::unexpected(read.error());
    examples = std::move(*read);
  }
  if (!options.on.empty()) {
    const auto unseen = read_nlu_examples({options.on});
    if (!unseen) return std::unexpected(unseen.error());
    const auto bytes = options.model.empty()
                           ? train_nlu(examples, options)
                           : posix::read_file(options.model, {.bytes_max = posix::kAnySize});
    if (!bytes) return std::unexpected(bytes.error());
    const auto judged = solutions::judge(*bytes, *unseen, out);
    if (!judged) return std::unexpected(judged.error());
    return out;
  }
  solutions::EvaluationChoice choice;
  choice.folds = options.folds;
  choice.seed = options.seed;
  choice.begins = [](size_t part, size_t parts) {
    std::cerr << "part " << part << " of " << parts << "\n";
  };
  return solutions::cross_validate(examples, choice, [&](const std::vector<nlu::Example>& rest) {
    return train_nlu(rest, options);
  });
}

double percent(size_t part, size_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

void print(const nlu::Report& report) {
  std::cout << std::fixed << std::setprecision(2) << report.right << " of " << report.inside
            << " right (" << percent(report.right, report.inside) << "%), "
            << percent(report.right_and_accepted, report.inside) << "% right and sure enough\n";
  if (report.outside > 0) {
    std::cout << report.refused << " of " << report.outside << " out of scope seen as that ("
              << percent(report.refused, report.outside) << "%)\n";
  }
  std::cout << std::setprecision(3) << "calibration error " << report.calibration_error << "\n";
  for (size_t i = 0; i < report.confusions.size() && i < kConfusionsShown; ++i) {
    const auto& one = report.confusions[i];
    std::cout << "  " << std::setw(3) << one.count << "  " << one.intent << " taken for "
              << one.guess << ": " << one.text << "\n";
  }
}

}  // namespace

int test_nlu(const NluOptions& options) {
  if (options.files.empty() && (options.model.empty() || options.on.empty())) {
    return complain("nlu test", "Name files of examples, or a model with --model and --on.");
  }
  const auto outcomes = outcomes_of(options);
  if (!outcomes) return complain("nlu test", outcomes.error(), 1);
  const nlu::Report report = nlu::make_report(*outcomes);
  if (options.json) {
    print_json(solutions::to_json(report));
  } else {
    print(report);
  }
  if (options.html.empty()) return 0;
  const auto written = posix::replace_file(
      options.html, nlu::to_html(report, "How well intents are told apart"), posix::kAnyones);
  if (!written) return complain("nlu test", written.error(), 1);
  return 0;
}

int check_nlu(const NluOptions& options) {
  const auto examples = read_nlu_examples(options.files, false);
  if (!examples) return complain("nlu check", examples.error(), 1);
  auto findings = nlu::check_examples(*examples);
  if (!options.on.empty()) {
    const auto others = read_nlu_examples({options.on}, false);
    if (!others) return complain("nlu check", others.error(), 1);
    for (auto& leak : nlu::find_leaks(*examples, *others)) findings.push_back(std::move(leak));
  }
  size_t conflicts = 0;
  json::array listed;
  for (const nlu::Finding& finding : findings) {
    conflicts += finding.kind == nlu::Finding::Kind::conflict ? 1 : 0;
    if (options.json) {
      listed.push_back(
          json::object{{"kind", nlu::to_string(finding.kind)}, {"message", finding.message}});
    } else {
      std::cout << nlu::to_string(finding.kind) << ": " << finding.message << "\n";
    }
  }
  if (options.json) {
    print_json(std::move(listed));
  } else {
    std::cout << examples->size() << " examples, " << findings.size() << " findings\n";
  }
  return conflicts > 0 ? 1 : 0;
}

}  // namespace millrace::app
