#include "app/wire/python_inspector.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "app/wire/receivers.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "python/python.hpp"
#include "solutions/folder.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

fs::path cache_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return fs::path(cache) / "millrace" / "packages";
  }
  const char* home = std::getenv("HOME");
  const fs::path base =
      home != nullptr && *home == '/' ? fs::path(home) / ".cache" : fs::temp_directory_path();
  return base / "millrace" / "packages";
}

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

std::string note_of(const python::ScriptFacts& script) {
  if (script.keeps_worker) return script.name + " keeps its worker: its calls leave nothing behind";
  return script.name + " has a process for each call, which is slower: " + script.why_not;
}

}  // namespace

Variables declared_variables(const std::vector<std::string>& names, const Variables& given,
                             const secrets::Rights& rights) {
  Variables variables;
  for (const std::string& name : names) {
    const auto found = given.find(name);
    if (found != given.end()) {
      variables[name] = found->second;
    } else if (const char* value = std::getenv(name.c_str());
               value != nullptr && rights.may_have_variable(name, value)) {
      variables[name] = value;
    }
  }
  return variables;
}

base::Result<fs::path> packages_of(const fs::path& folder, const fs::path& packages) {
  std::error_code error;
  if (!fs::exists(folder / "requirements.txt", error)) return fs::path();
  auto files = solutions::read_folder(folder);
  if (!files) return std::unexpected(files.error());
  std::string all;
  for (const auto& [path, content] : *files) {
    if (path != "requirements.txt" && !path.starts_with("wheels/")) continue;
    all += path + ":" + base::sha256(content);
  }
  const fs::path into = (packages.empty() ? cache_folder() : packages) /
                        base::to_hex(base::sha256(all)).substr(0, 32);
  fs::create_directories(into.parent_path(), error);
  python::PackageOptions options;
  options.progress = [](std::string_view line) { std::cerr << "  pip: " << line << "\n"; };
  return python::prepare_packages(folder, into, options);
}

base::Result<solutions::Inspected> PythonInspector::inspect(const fs::path& folder,
                                                            const flow::Program& declared) {
  auto packages = packages_of(folder, options_.packages);
  if (!packages) return std::unexpected(packages.error());
  python::InspectOptions inspection;
  inspection.sandbox = options_.is_sandboxed ? python::Sandbox::bubblewrap : python::Sandbox::none;
  inspection.packages = std::move(*packages);
  const auto rights = options_.rights(declared.solution);
  if (!rights) return std::unexpected(rights.error());
  inspection.variables =
      declared_variables(declared.environment_variables, options_.given, *rights);
  const auto app = python::inspect(folder, inspection);
  if (!app) return std::unexpected(app.error());
  solutions::Inspected found;
  found.facts = facts_of(*app, found.problems);
  for (const python::ScriptFacts& script : app->scripts) {
    found.script_notes.push_back(note_of(script));
  }
  return found;
}

base::Result<solutions::Loaded> load_solution(const fs::path& folder, LoadOptions options) {
  PythonInspector inspector(std::move(options));
  return solutions::load(folder, inspector, receivers());
}

}  // namespace millrace::app
