#include "app/solution.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "app/library.hpp"
#include "app/receivers.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "python/python.hpp"
#include "storage/storage.hpp"

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
  facts.kinds = receivers();
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
  auto files = storage::read_solution(folder);
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

base::Result<LoadedSolution> load_solution(const fs::path& folder, const LoadOptions& options) {
  auto files = storage::read_solution(folder);
  if (!files) return std::unexpected(files.error());
  auto packages = packages_of(folder, options.packages);
  if (!packages) return std::unexpected(packages.error());
  python::InspectOptions inspection;
  inspection.sandbox = options.is_sandboxed ? python::Sandbox::bubblewrap : python::Sandbox::none;
  inspection.packages = std::move(*packages);
  const flow::Program declared = flow::declared_settings(*files, receivers());
  const auto rights = options.rights(declared.solution);
  if (!rights) return std::unexpected(rights.error());
  inspection.variables = declared_variables(declared.environment_variables, options.given, *rights);
  auto app = python::inspect(folder, inspection);
  if (!app) return std::unexpected(app.error());
  LoadedSolution loaded;
  loaded.facts = facts_of(*app, loaded.problems);
  for (const python::ScriptFacts& script : app->scripts)
    loaded.script_notes.push_back(note_of(script));
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
  facts.kinds = receivers();
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
