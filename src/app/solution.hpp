// From a solution's folder to a program that can run: its files are read, its scripts inspected,
// the whole is compiled, and what is wrong is gathered in one list.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "flow/flow.hpp"
#include "secrets/secrets.hpp"

namespace millrace::app {

struct LoadedSolution {
  flow::Files files;
  flow::AppFacts facts;
  std::optional<flow::Program> program;  // absent when there is any error
  std::vector<flow::Problem> problems;
  std::vector<std::string> script_notes;  // how each script's calls run, and why
};

// The variables that a solution's scripts may see: those that solution.yaml declares and that it
// has a right to, from this process's environment, with `given` on top.
using Variables = std::map<std::string, std::string>;

// What a solution of that name may have.
using RightsOf = std::function<base::Result<secrets::Rights>(std::string_view solution)>;

struct LoadOptions {
  Variables given;                 // handed to app.py while it is inspected
  std::filesystem::path packages;  // where installed packages are kept; "": in the user's cache
  bool is_sandboxed = true;
  RightsOf rights = [](std::string_view) { return secrets::Rights::all(); };
};

// The error is a folder that cannot be read at all; everything else is a problem in the list.
base::Result<LoadedSolution> load_solution(const std::filesystem::path& folder,
                                           const LoadOptions& options);

// The folder with what requirements.txt asks for, installed when it is not there yet, which is said
// on standard error; "" when nothing is asked for. `packages` as in LoadOptions.
base::Result<std::filesystem::path> packages_of(const std::filesystem::path& folder,
                                                const std::filesystem::path& packages);

// `given` is everybody's; of this process's environment only what the solution has a right to.
Variables declared_variables(const std::vector<std::string>& names, const Variables& given,
                             const secrets::Rights& rights);

// What inspection found out, so that an installed version need not be inspected again.
std::string write_facts(const flow::AppFacts& facts);
base::Result<flow::AppFacts> read_facts(std::string_view text);

}  // namespace millrace::app
