// A solution's own tests: read from tests/*.test.yaml, run on several threads.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.hpp"
#include "trial/trial.hpp"

namespace millrace::app {

// In the order of the files' names; none when there is no tests folder.
base::Result<std::vector<trial::TestFile>> read_solution_tests(
    const std::filesystem::path& solution);

struct TestResults {
  std::vector<trial::Outcome> outcomes;
  trial::Coverage coverage;
};
// `jobs` at a time.
TestResults run_solution_tests(const flow::Program& program,
                               const std::vector<const trial::Test*>& tests, unsigned jobs);

}  // namespace millrace::app
