#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "flow/compiler.hpp"
#include "flow/language/reading.hpp"
#include "flow/settings/settings_outside.hpp"
#include "flow/yaml.hpp"

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

// What the engine looks up: nodes whose answer or result is asked for later, and typed asks.
void index_nodes(Program& program) {
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
}

template <typename Read>  // Program, moved or copied from
Compilation compilation_of(const Files& files, Read&& program, std::vector<Problem> problems) {
  Compilation out{std::nullopt, std::move(problems)};
  const bool has_errors = std::ranges::any_of(
      out.problems, [](const Problem& problem) { return problem.severity == Severity::error; });
  if (has_errors) return out;
  out.program = std::forward<Read>(program);
  out.program->hash = hash_of(files);
  index_nodes(*out.program);
  return out;
}

// Everything that names of nodes are found by, as one text.
std::string names_in(const Drafts& drafts) {
  std::string out;
  for (const Draft& draft : drafts.nodes) {
    out.append(draft.flow).append(1, ' ').append(draft.id).append(1, ' ');
    out.append(std::to_string(draft.number)).append(1, '\n');
  }
  for (const auto& [name, number] : drafts.names) {
    out.append(name).append(1, ' ').append(std::to_string(number)).append(1, '\n');
  }
  return out;
}

Files translations_in(const Files& files) {
  Files out;
  constexpr std::string_view kFolder = "messages/";
  for (auto at = files.lower_bound(std::string(kFolder)); at != files.end(); ++at) {
    if (!at->first.starts_with(kFolder)) break;
    out.insert(*at);
  }
  return out;
}

bool same_facts(const AppFacts& a, const AppFacts& b) {
  return a.csv_bots == b.csv_bots && a.environments == b.environments && a.scripts == b.scripts &&
         a.repeatable == b.repeatable && std::ranges::equal(a.kinds, b.kinds);
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

struct Compiler::Memory {
  Sources sources;
  YamlMemory yaml;
  Kept<Problems> scripts;
  Kept<IntentsRead> intents;
  std::string names;  // what `targets` were made of
  Targets targets;
  AppFacts facts;
  std::vector<std::string> channels, locales;
  Files translations;
  bool has_replaced_texts = false;  // of nodes, by those of the default locale's translations
  Program program;                  // of the last run; its nodes are taken over by the next
  Work work;

  // Fills `program`, as far as it can be read.
  std::vector<Problem> run(const Files& files, const AppFacts& facts);

 private:
  // What nodes were linked or checked with, besides each other, is not what it was.
  void forget_linked();
  void forget_checked();
  void forget_what_depends(const AppFacts& facts, const Files& files, const Program& next,
                           bool same_names);
  void forget_files(const Files& files);
};

void Compiler::Memory::forget_linked() {
  for (auto& [path, file] : sources.files) {
    for (const auto& piece : file.pieces) piece->made.assign(piece->drafts.size(), {});
  }
}

void Compiler::Memory::forget_checked() {
  for (auto& [path, file] : sources.files) {
    for (const auto& piece : file.pieces) {
      for (Made& made : piece->made) made.is_checked = false;
    }
  }
}

void Compiler::Memory::forget_what_depends(const AppFacts& now, const Files& files,
                                           const Program& next, bool same_names) {
  if (!same_facts(facts, now)) {
    facts = now;
    forget_linked();
  }
  Files texts = translations_in(files);
  const bool translates = !texts.empty() || next.locales.size() > 1;
  if (next.channels != channels || next.locales != locales || texts != translations ||
      (translates && !same_names)) {
    channels = next.channels;
    locales = next.locales;
    translations = std::move(texts);
    forget_checked();
  }
  if (has_replaced_texts) forget_linked();
  has_replaced_texts = translations.contains("messages/" + next.locales.front() + ".yaml");
}

void Compiler::Memory::forget_files(const Files& files) {
  scripts.forget_others(files);
  intents.forget_others(files);
  std::erase_if(yaml, [&](const auto& entry) { return !files.contains(entry.first); });
}

std::vector<Problem> Compiler::Memory::run(const Files& files, const AppFacts& now) {
  Problems problems;
  Program next;
  const auto aside_targets = read_settings(files, now.kinds, yaml, next, problems);
  check_app(now, next, problems);
  Drafts drafts = read_drafts(files, sources, problems);
  problems.add(std::move(drafts.in_cells));
  std::string names_now = names_in(drafts);
  const bool same_names = names_now == names;
  if (!same_names) {
    names = std::move(names_now);
    targets = targets_of(drafts);
  }
  forget_what_depends(now, files, next, same_names);
  next.nodes = std::move(program.nodes);
  program = std::move(next);
  work.read = sources.pieces_read;
  work.linked = read_nodes(drafts, targets, same_names, now, program, problems);
  link_asides(aside_targets, program, problems);
  const auto translated = read_translations(files, yaml, program, problems);
  read_intents(files, drafts, intents, program, problems);
  check_sources(files, scripts, problems);
  work.checked = check_program(program, now, drafts, translated, problems);
  check_commands(program, now, problems);
  forget_files(files);
  return std::move(problems).take();
}

Compiler::Compiler() : memory_(std::make_unique<Memory>()) {}
Compiler::~Compiler() = default;
Compiler::Compiler(Compiler&&) noexcept = default;
Compiler& Compiler::operator=(Compiler&&) noexcept = default;

std::vector<Problem> Compiler::check(const Files& files, const AppFacts& facts) {
  return memory_->run(files, facts);
}

Compilation Compiler::compile(const Files& files, const AppFacts& facts) {
  auto problems = memory_->run(files, facts);
  return compilation_of(files, memory_->program, std::move(problems));
}

const Compiler::Work& Compiler::last_work() const {
  return memory_->work;
}

Compilation compile(const Files& files, const AppFacts& facts) {
  Compiler compiler;
  compiler.memory_->sources.reads_whole = true;
  auto problems = compiler.memory_->run(files, facts);
  return compilation_of(files, std::move(compiler.memory_->program), std::move(problems));
}

}  // namespace millrace::flow
