#include <iostream>

#include "app/commands.hpp"
#include "app/solution.hpp"
#include "base/json.hpp"

namespace millrace::app {
int run_check(const CheckOptions& options) {
  const auto loaded =
      load_solution(options.solution, {.is_sandboxed = !options.world.unsafe_no_sandbox});
  if (!loaded) {
    std::cerr << "millrace check: " << loaded.error().describe() << "\n";
    return 1;
  }
  size_t errors = 0;
  json::array listed;
  for (const flow::Problem& problem : loaded->problems) {
    if (problem.severity == flow::Severity::error) ++errors;
    if (options.json) {
      listed.push_back(problem.to_json());
    } else {
      std::cout << problem.describe() << "\n";
    }
  }
  if (options.json) {
    std::cout << json::serialize(json::value(std::move(listed))) << "\n";
  } else {
    std::cout << options.solution.string() << ": " << errors << " error" << (errors == 1 ? "" : "s")
              << ", " << loaded->problems.size() - errors << " warning"
              << (loaded->problems.size() - errors == 1 ? "" : "s");
    if (loaded->program) std::cout << ", " << loaded->program->nodes.size() << " nodes";
    std::cout << "\n";
  }
  return errors == 0 ? 0 : 1;
}

}  // namespace millrace::app
