#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "flow/language/draft.hpp"
#include "flow/settings/settings_outside.hpp"

namespace millrace::flow {
namespace {

// The hash of a version: every file that counts, names and contents kept apart by their lengths.
std::string hash_of(const Files& files) {
  std::string all = "millrace-version-1";
  for (const auto& [path, content] : files) {
    if (!is_part_of_version(path)) continue;
    all +=
        std::to_string(path.size()) + ":" + path + std::to_string(content.size()) + ":" + content;
  }
  return base::to_hex(base::sha256(all)).substr(0, 32);
}

void check_app(const AppFacts& facts, Program& program, Problems& problems) {
  if (facts.csv_bots.size() != 1) {
    problems.error({.file = "app.py",
                    .column = "CSV_BOTS",
                    .code = "one_bot",
                    .message = "CSV_BOTS must name exactly one solution",
                    .remedy = "write CSV_BOTS = ['YourSolution']"});
    return;
  }
  if (program.solution.empty()) program.solution = facts.csv_bots.front();
}

}  // namespace

bool is_part_of_version(std::string_view path) {
  const auto in = [&](std::string_view folder, std::string_view ending) {
    return path.starts_with(folder) && path.ends_with(ending);
  };
  return path == "app.py" || path == kSettingsFile || in("templates/", ".csv") ||
         in("flows/", ".flow.yaml") || in("nlu/", ".yaml") || in("action_nodes/", ".py") ||
         in("messages/", ".yaml") || path == "requirements.txt" || in("wheels/", ".whl") ||
         in("certs/", ".pem");
}

Compilation compile(const Files& files, const AppFacts& facts) {
  Problems problems;
  Program program;
  program.hash = hash_of(files);
  const auto aside_targets = read_settings(files, facts.kinds, program, problems);
  check_app(facts, program, problems);
  Drafts drafts = read_drafts(files, problems);
  problems.add(std::move(drafts.in_cells));
  read_nodes(drafts, facts, program, problems);
  link_asides(aside_targets, program, problems);
  const auto translations = read_translations(files, program, problems);
  read_intents(files, drafts, program, problems);
  check_sources(files, problems);
  check_program(program, facts, drafts, translations, problems);
  check_commands(program, facts, problems);
  for (const auto& [number, node] : program.nodes) {
    if (const auto* action = std::get_if<ActionNode>(&node.does)) {
      for (const NodeInput& input : action->inputs) program.kept.insert(input.node);
    }
    if (const auto* dialog = std::get_if<DialogNode>(&node.does)) {
      if (dialog->asset.source) program.kept.insert(dialog->asset.source->node);
      if (dialog->ask && !dialog->variable.empty()) {
        const auto [entry, first] = program.asked.emplace(dialog->variable, number);
        if (!first) entry->second = std::min(entry->second, number);
      }
    }
  }
  Compilation compilation;
  if (!problems.has_errors()) compilation.program = std::move(program);
  compilation.problems = std::move(problems).take();
  return compilation;
}

}  // namespace millrace::flow
