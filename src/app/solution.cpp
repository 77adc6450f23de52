#include "app/solution.hpp"

#include <algorithm>
#include <cstdlib>

#include "app/library.hpp"
#include "base/json.hpp"
#include "python/python.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

flow::Problem problem_of(const python::Problem& found, const std::string& file) {
  const bool is_error = found.severity == python::Severity::error;
  return {.severity = is_error ? flow::Severity::error : flow::Severity::warning,
          .file = file,
          .line = found.line,
          .position = found.column,
          .code = is_error ? "script" : "script_warning",
          .message = found.message,
          .remedy = found.remedy};
}

bool has_error(const std::vector<python::Problem>& problems) {
  return std::ranges::any_of(problems, [](const python::Problem& problem) {
    return problem.severity == python::Severity::error;
  });
}

// What the flow needs to know of what Python said.
flow::AppFacts facts_of(const python::AppFacts& app, std::vector<flow::Problem>& problems) {
  flow::AppFacts facts;
  facts.csv_bots = app.csv_bots;
  for (const auto& [environment, keys] : app.environments) {
    facts.environments[environment] = {keys.begin(), keys.end()};
  }
  for (const python::Problem& found : app.problems) problems.push_back(problem_of(found, "app.py"));
  for (const python::ScriptFacts& script : app.scripts) {
    for (const python::Problem& found : script.problems) {
      problems.push_back(problem_of(found, script.file));
    }
    // A script that is there but broken is named by its own problem, not by the flow's.
    if (script.has_class || has_error(script.problems)) facts.scripts.insert(script.name);
    if (script.repeatable) facts.repeatable.insert(script.name);
  }
  return facts;
}

}  // namespace

Variables declared_variables(const std::vector<std::string>& names, const Variables& given) {
  Variables variables;
  for (const std::string& name : names) {
    const auto found = given.find(name);
    if (found != given.end()) {
      variables[name] = found->second;
    } else if (const char* value = std::getenv(name.c_str())) {
      variables[name] = value;
    }
  }
  return variables;
}

python::VersionFolder version_folder(std::string hash, std::filesystem::path folder,
                                     std::string environment,
                                     const std::vector<std::string>& declared,
                                     const Variables& given) {
  return {.hash = std::move(hash),
          .directory = std::move(folder),
          .environment = std::move(environment),
          .variables = declared_variables(declared, given)};
}

base::Result<LoadedSolution> load_solution(const std::filesystem::path& folder,
                                           const Variables& given) {
  auto files = storage::read_solution(folder);
  if (!files) return std::unexpected(files.error());
  const auto names = flow::declared_environment(*files);
  auto app = python::inspect(folder, {.variables = declared_variables(names, given)});
  if (!app) return std::unexpected(app.error());
  LoadedSolution loaded;
  loaded.facts = facts_of(*app, loaded.problems);
  for (std::string& name : add_library_scripts(*files))
    loaded.facts.scripts.insert(std::move(name));
  flow::Compilation compilation = flow::compile(*files, loaded.facts);
  std::ranges::move(compilation.problems, std::back_inserter(loaded.problems));
  const bool sound = std::ranges::none_of(loaded.problems, [](const flow::Problem& problem) {
    return problem.severity == flow::Severity::error;
  });
  if (sound) loaded.program = std::move(compilation.program);
  loaded.files = std::move(*files);
  return loaded;
}

std::string write_facts(const flow::AppFacts& facts) {
  json::object environments;
  for (const auto& [environment, keys] : facts.environments) {
    environments[environment] = json::array(keys.begin(), keys.end());
  }
  return json::serialize(
      json::object{{"csv_bots", json::array(facts.csv_bots.begin(), facts.csv_bots.end())},
                   {"environments", std::move(environments)},
                   {"scripts", json::array(facts.scripts.begin(), facts.scripts.end())},
                   {"repeatable", json::array(facts.repeatable.begin(), facts.repeatable.end())}});
}

base::Result<flow::AppFacts> read_facts(std::string_view text) {
  const auto parsed = json::parse_object(text);
  if (!parsed) return std::unexpected(parsed.error());
  flow::AppFacts facts;
  if (const auto* bots = json::get_array(*parsed, "csv_bots")) {
    for (const json::value& bot : *bots) facts.csv_bots.push_back(json::to_text(bot));
  }
  if (const auto* environments = json::get_object(*parsed, "environments")) {
    for (const auto& member : *environments) {
      auto& keys = facts.environments[member.key()];
      const auto* listed = member.value().if_array();
      if (listed == nullptr) continue;
      for (const json::value& key : *listed) keys.insert(json::to_text(key));
    }
  }
  if (const auto* scripts = json::get_array(*parsed, "scripts")) {
    for (const json::value& script : *scripts) facts.scripts.insert(json::to_text(script));
  }
  if (const auto* scripts = json::get_array(*parsed, "repeatable")) {
    for (const json::value& script : *scripts) facts.repeatable.insert(json::to_text(script));
  }
  return facts;
}

}  // namespace millrace::app
