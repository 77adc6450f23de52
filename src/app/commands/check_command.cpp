// `millrace check`: what is wrong with a solution.
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/listing.hpp"
#include "app/wire/data/grant_book.hpp"
#include "app/wire/python_inspector.hpp"
#include "base/json.hpp"
#include "solutions/needs.hpp"

namespace millrace::app {
namespace {

struct CheckOptions {
  std::filesystem::path solution;
  std::string environment;  // "" = none in particular
  bool json = false;
  WorldOptions world;
};

// As the only solution of a server with nothing granted yet.
void tell_what_it_needs(const solutions::Loaded& loaded) {
  const auto app_py = loaded.files.find("app.py");
  const auto nothing = secrets::Rights::of(loaded.program->solution, {}, {.is_alone = true});
  const std::string command = lacking_command(
      *loaded.program, app_py == loaded.files.end() ? "" : app_py->second, nothing, {});
  if (command.empty()) return;
  std::cout << "It names what the operator of a server has to grant it, unless it comes from the "
               "store, a file or folder of secrets, or is the address of an opened host:\n  "
            << command << "\n";
}

int run_check(const CheckOptions& options) {
  auto loaded = load_solution(options.solution, {.is_sandboxed = !options.world.unsafe_no_sandbox});
  if (!loaded) return complain("check", loaded.error(), 1);
  if (!options.environment.empty()) {
    const auto is_set = [](const std::string& name) {
      return std::getenv(name.c_str()) != nullptr;
    };
    auto there = solutions::problems_in(*loaded, options.environment, is_set);
    std::ranges::move(there, std::back_inserter(loaded->problems));
  }
  const size_t errors = loaded->errors();
  json::array listed;
  for (const flow::Problem& problem : loaded->problems) {
    if (options.json) {
      listed.push_back(problem.to_json());
    } else {
      std::cout << problem.describe() << "\n";
    }
  }
  if (options.json) {
    print_json(std::move(listed));
  } else {
    std::cout << options.solution.string() << ": " << counted(errors, "error") << ", "
              << counted(loaded->problems.size() - errors, "warning");
    if (loaded->program) std::cout << ", " << counted(loaded->program->nodes.size(), "node");
    std::cout << "\n";
    for (const std::string& note : loaded->script_notes) std::cout << "  " << note << "\n";
    if (loaded->program) tell_what_it_needs(*loaded);
  }
  return errors == 0 ? 0 : 1;
}

}  // namespace

void add_check_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "check", "List every problem of a solution, with its place and a suggested fix.");
  auto options = std::make_shared<CheckOptions>();
  command->add_option("DIR", options->solution, "The solution's folder")
      ->required()
      ->check(cli::kExistingDirectory);
  command
      ->add_option("--env", options->environment,
                   "Also what it would lack in that environment, with the variables that are set "
                   "here")
      ->check(cli::OneOf({"sandbox", "live"}));
  command->add_flag("--json", options->json, "Print the problems as a JSON array");
  add_sandbox_option(*command, options->world);
  command->footer("Exits 0 when the solution can be served, 1 when there are errors.");
  command->callback([&exit_code, options] { exit_code = run_check(*options); });
}

}  // namespace millrace::app
