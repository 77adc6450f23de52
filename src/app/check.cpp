#include <iostream>

#include "app/commands.hpp"
#include "app/grant_book.hpp"
#include "app/solution.hpp"
#include "base/json.hpp"

namespace millrace::app {
namespace {

// As the only solution of a server with nothing granted yet.
void tell_what_it_needs(const LoadedSolution& loaded) {
  const auto app_py = loaded.files.find("app.py");
  const auto nothing = secrets::Rights::of(loaded.program->solution, {}, {.is_alone = true});
  const std::string command = lacking_command(
      *loaded.program, app_py == loaded.files.end() ? "" : app_py->second, nothing, {});
  if (command.empty()) return;
  std::cout << "It names what the operator of a server has to grant it, unless it comes from the "
               "store, a file or folder of secrets, or is the address of an opened host:\n  "
            << command << "\n";
}

}  // namespace

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
    for (const std::string& note : loaded->script_notes) std::cout << "  " << note << "\n";
    if (loaded->program) tell_what_it_needs(*loaded);
  }
  return errors == 0 ? 0 : 1;
}

}  // namespace millrace::app
