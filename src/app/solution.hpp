// From a solution's folder to a program that can run: its files are read, its scripts inspected,
// the whole is compiled, and what is wrong is gathered in one list.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "flow/flow.hpp"
#include "python/python.hpp"

namespace millrace::app {

struct LoadedSolution {
  flow::Files files;
  flow::AppFacts facts;
  std::optional<flow::Program> program;  // absent when there is any error
  std::vector<flow::Problem> problems;
};

// The variables that a solution's scripts may see: those that solution.yaml declares, from this
// process's environment, with `given` on top.
using Variables = std::map<std::string, std::string>;

// `given` is handed to app.py while it is inspected. The error is a folder that cannot be read at
// all; everything else is a problem in the list.
base::Result<LoadedSolution> load_solution(const std::filesystem::path& folder,
                                           const Variables& given);

Variables declared_variables(const std::vector<std::string>& names, const Variables& given);

// Where a version's scripts are and what they may know, for the pool: the one place where that is
// put together. `declared` are the names of solution.yaml's `environment`.
python::VersionFolder version_folder(std::string hash, std::filesystem::path folder,
                                     std::string environment,
                                     const std::vector<std::string>& declared,
                                     const Variables& given);

// What inspection found out, so that an installed version need not be inspected again.
std::string write_facts(const flow::AppFacts& facts);
base::Result<flow::AppFacts> read_facts(std::string_view text);

}  // namespace millrace::app
