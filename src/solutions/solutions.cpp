#include "solutions/solutions.hpp"

#include <algorithm>
#include <set>

#include "solutions/folder.hpp"
#include "solutions/library.hpp"
#include "solutions/models/models.hpp"

namespace millrace::solutions {

namespace fs = std::filesystem;

namespace {

bool is_unread(const flow::Problem& problem) {
  return problem.severity == flow::Severity::error &&
         (problem.code == "yaml_syntax" || problem.code == "script");
}

// A file that could not be read lacks everything: what others miss in it is not said as well.
void drop_what_follows(std::vector<flow::Problem>& problems) {
  std::set<std::string> unread;
  for (const flow::Problem& problem : problems) {
    if (is_unread(problem)) unread.insert(problem.file);
  }
  const bool is_flow_unread = std::ranges::any_of(
      unread, [](const std::string& file) { return file.starts_with("flows/"); });
  std::erase_if(problems, [&](const flow::Problem& problem) {
    if (problem.code == "unknown_node" && problem.file.starts_with("messages/")) {
      return is_flow_unread;
    }
    const bool is_lack = problem.code == "translation_missing" || problem.code == "one_bot";
    return is_lack && unread.contains(problem.file);
  });
}

}  // namespace

size_t Loaded::errors() const {
  return static_cast<size_t>(
      std::ranges::count(problems, flow::Severity::error, &flow::Problem::severity));
}

Loaded compiled(flow::Files files, Inspected inspected, delivery::Kinds kinds,
                flow::Compiler* compiler) {
  Loaded loaded;
  loaded.facts = std::move(inspected.facts);
  loaded.facts.kinds = kinds;
  loaded.problems = std::move(inspected.problems);
  loaded.script_notes = std::move(inspected.script_notes);
  for (std::string& name : add_library_scripts(files)) {
    loaded.facts.scripts.insert(std::move(name));
  }
  flow::Compilation compilation = compiler == nullptr ? flow::compile(files, loaded.facts)
                                                      : compiler->compile(files, loaded.facts);
  std::ranges::move(compilation.problems, std::back_inserter(loaded.problems));
  drop_what_follows(loaded.problems);
  std::erase_if(files, [](const auto& each) { return !flow::is_part_of_version(each.first); });
  if (loaded.errors() == 0) {
    loaded.program = std::make_shared<const flow::Program>(std::move(*compilation.program));
  }
  loaded.files = std::move(files);
  return loaded;
}

base::Result<Loaded> load(const fs::path& folder, Inspector& inspector, delivery::Kinds kinds) {
  auto files = read_folder(folder);
  if (!files) return std::unexpected(files.error());
  auto inspected = inspector.inspect(folder, flow::declared_settings(*files, kinds));
  if (!inspected) return std::unexpected(inspected.error());
  return compiled(std::move(*files), std::move(*inspected), kinds);
}

base::Result<Deploying> deploy(const DeployOrder& order, Deployments& deployments,
                               Inspector& inspector, delivery::Kinds kinds) {
  using Outcome = Deploying::Outcome;
  Deploying out;
  auto loaded = load(order.folder, inspector, kinds);
  if (!loaded) return std::unexpected(loaded.error());
  out.loaded = std::move(*loaded);
  const auto& program = out.loaded.program;
  if (!program) return out;
  const Deployment* current = deployments.current(program->solution);
  const fs::path installed = current == nullptr ? fs::path() : deployments.folder_of(current->hash);
  auto model = model_of(order.folder, out.loaded.files, *program, installed, Training::may);
  if (!model) return std::unexpected(model.error());
  if (!order.skips_tests) {
    TestChoice choice;
    if (!model->empty()) {
      auto reader = reader_of(*model, *program);
      if (!reader) return std::unexpected(reader.error());
      choice.reader = std::move(*reader);
    }
    auto tests = test(order.folder, program, choice);
    if (!tests) return std::unexpected(tests.error());
    out.tests = std::move(*tests);
    out.outcome = Outcome::fails_tests;
    if (!out.tests->passed()) return out;
  }
  out.outcome = current != nullptr && current->hash == program->hash ? Outcome::was_current
                                                                     : Outcome::deployed;
  const std::string name = model->empty() ? "" : model_name(training_set(out.loaded.files));
  auto deployed = deployments.deploy({out.loaded.files, out.loaded.facts, *program, name, *model},
                                     order.on_live, order.at);
  if (!deployed) return std::unexpected(deployed.error());
  out.deployment = std::move(*deployed);
  return out;
}

}  // namespace millrace::solutions
