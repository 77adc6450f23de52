// deploy: a solution's folder as the version that a data folder serves.
#include <algorithm>
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/listing.hpp"
#include "app/commands/version_options.hpp"
#include "app/wire/data/data_reading.hpp"
#include "app/wire/data/grant_book.hpp"
#include "app/wire/python_inspector.hpp"
#include "app/wire/receivers.hpp"
#include "app/wire/system.hpp"
#include "posix/limits.hpp"

namespace millrace::app {
namespace {

using Outcome = solutions::Deploying::Outcome;

// What a server of that folder would not give it.
void tell_what_it_lacks(const VersionOptions& options, const solutions::Loaded& loaded,
                        const GrantBook& grants) {
  const auto rights = grants.rights_of(loaded.program->solution);
  const auto app_py = loaded.files.find("app.py");
  if (!rights || app_py == loaded.files.end()) return;
  const std::string command =
      lacking_command(*loaded.program, app_py->second, *rights, options.data);
  if (command.empty()) return;
  std::cerr << "millrace deploy: it names what is not granted to it, and will not get it; if it "
               "may have it, say first:\n  "
            << command << "\n";
}

json::value counted(const std::optional<solutions::TestRun>& tests) {
  if (!tests) return nullptr;
  return json::object{{"run", tests->outcomes.size()}, {"failed", tests->failed()}};
}

void print_tests(const solutions::TestRun& tests, std::ostream& out) {
  print_problems(tests.problems);
  for (const trial::Outcome& outcome : tests.outcomes) {
    if (outcome.passed) continue;
    std::cerr << outcome.test->file << ":" << outcome.line << ": " << outcome.test->name << ": "
              << outcome.failure << "\n";
  }
  if (!tests.problems.empty()) return;
  const size_t all = tests.outcomes.size();
  if (all == 0) {
    out << "no tests (tests/*.test.yaml)\n";
  } else {
    out << all - tests.failed() << " of " << all << " tests passed\n";
  }
}

int deploy(const VersionOptions& options) {
  const MayBeMade folder(options.data);
  auto deployments = deployments_of(options.data);
  if (!deployments) return complain("deploy", deployments.error());
  GrantBook grants({options.data, {}, {}});
  const auto rights_of = [&](std::string_view solution) {
    const auto others = deployments->current();
    grants.set_alone(std::ranges::all_of(
        others, [&](const solutions::Deployment& other) { return other.solution == solution; }));
    return grants.rights_of(solution);
  };
  PythonInspector inspector({.packages = options.data / "packages",
                             .is_sandboxed = !options.world.unsafe_no_sandbox,
                             .rights = rights_of});
  const auto on_live = *runtime::on_live_from(options.on_live);
  const auto done =
      solutions::deploy({options.solution, on_live, options.skip_tests, SystemClock().now()},
                        *deployments, inspector, receivers());
  if (!done) return complain("deploy", done.error());
  print_problems(done->loaded.problems);
  if (done->tests) print_tests(*done->tests, options.json ? std::cerr : std::cout);
  if (done->outcome == Outcome::has_errors || done->outcome == Outcome::fails_tests) {
    complain("deploy", done->outcome == Outcome::has_errors
                           ? "the solution has errors; nothing was deployed"
                           : "the solution's tests do not pass; nothing was deployed");
    return 1;
  }
  tell_what_it_lacks(options, done->loaded, grants);
  if (options.json) {
    json::object out = as_json(done->deployment);
    out["was_current"] = done->outcome == Outcome::was_current;
    out["on_live"] = options.on_live;
    out["tests"] = counted(done->tests);
    print_json(out);
    return 0;
  }
  std::cout << (done->outcome == Outcome::was_current ? "already the current version: "
                                                      : "deployed ")
            << line_of(done->deployment) << "  live chats: " << options.on_live << "\n";
  return 0;
}

}  // namespace

void add_deploy_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "deploy",
      "Check a solution, run its tests, and install it as an immutable version. A "
      "running server takes it up within a second.");
  auto options = std::make_shared<VersionOptions>();
  add_data_option(*command, *options);
  add_sandbox_option(*command, options->world);
  command->add_option("DIR", options->solution, "The solution's folder")
      ->required()
      ->check(cli::kExistingDirectory);
  command->add_flag("--skip-tests", options->skip_tests, "Deploy without running its tests");
  add_on_live_option(*command, *options);
  add_json_flag(*command, *options);
  command->footer("Exits 0 when deployed, 1 when it is not sound, 2 when nothing could be done.");
  command->callback([&exit_code, options] {
    posix::keep_files_private();
    exit_code = deploy(*options);
  });
}

}  // namespace millrace::app
