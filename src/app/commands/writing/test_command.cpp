// `millrace test`: a solution's own tests, in parallel.
#include <unistd.h>

#include <fstream>
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/listing.hpp"
#include "app/commands/writing/terminal.hpp"
#include "app/commands/writing/watch.hpp"
#include "app/wire/data/data_reading.hpp"
#include "app/wire/python_inspector.hpp"
#include "app/wire/signals.hpp"
#include "solutions/models/models.hpp"
#include "solutions/test_from_chat.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

struct TestOptions {
  fs::path solution;
  std::string filter;
  std::string chat;  // instead of testing: this stored chat as a test
  fs::path data;
  fs::path junit;
  fs::path html;
  double coverage_min = 0;
  unsigned jobs = 0;
  bool watches = false;
  bool json = false;
  WorldOptions world;
};

bool write_report(const fs::path& path, const std::string& text) {
  if (path.empty()) return true;
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (file.flush()) return true;
  std::cerr << "millrace test: " << path.string() << " cannot be written\n";
  return false;
}

base::Result<std::string> test_of_chat(const TestOptions& options) {
  auto chat = stored_chat(options.data, options.chat);
  if (!chat) return std::unexpected(chat.error());
  return solutions::test_from_chat(*chat->archive, chat->id, chat->seal_key, chat->versions);
}

int write_test_from(const TestOptions& options) {
  const auto text = test_of_chat(options);
  if (!text) return complain("test", text.error());
  std::cout << *text;
  return 0;
}

json::object as_json(const solutions::TestRun& run, double seconds) {
  json::array tests;
  for (const trial::Outcome& outcome : run.outcomes) {
    json::object test{{"name", outcome.test->name},
                      {"file", outcome.test->file},
                      {"passed", outcome.passed},
                      {"seconds", outcome.seconds}};
    if (!outcome.passed) {
      test["line"] = outcome.line;
      test["failure"] = outcome.failure;
      test["transcript"] = outcome.transcript;
    }
    tests.push_back(std::move(test));
  }
  return {{"passed", run.outcomes.size() - run.failed()},
          {"failed", run.failed()},
          {"seconds", seconds},
          {"coverage_percent", run.coverage.percent()},
          {"tests", std::move(tests)}};
}

int run_tests(const TestOptions& options) {
  if (!options.chat.empty()) return write_test_from(options);
  for (const fs::path& report : {options.junit, options.html}) {
    const fs::path folder = report.parent_path();
    std::error_code failed;
    if (folder.empty() || fs::is_directory(folder, failed)) continue;
    return complain("test", "there is no folder " + folder.string() + " to write the report into");
  }
  const auto loaded =
      load_solution(options.solution, {.is_sandboxed = !options.world.unsafe_no_sandbox});
  if (!loaded) return complain("test", loaded.error());
  if (!loaded->program) {
    print_problems(loaded->problems);
    return complain("test", "the solution has errors; see millrace check");
  }
  auto reader = solutions::reader_for(options.solution, loaded->files, *loaded->program,
                                      solutions::Training::may);
  if (!reader) return complain("test", reader.error());
  const auto run = solutions::test(options.solution, loaded->program,
                                   {options.filter, options.jobs, std::move(*reader)});
  if (!run) return complain("test", run.error());
  print_problems(run->problems);
  if (!run->problems.empty()) return 2;
  if (run->outcomes.empty() && !options.filter.empty()) {
    return complain("test", "no test has '" + options.filter + "' in its name");
  }
  if (run->outcomes.empty()) {
    return complain("test", "there is no test; write tests/<name>.test.yaml (docs/testing.md)");
  }
  const double seconds = run->took.count();
  if (options.json) {
    print_json(as_json(*run, seconds));
  } else {
    std::cout << trial::text_report(run->outcomes, run->coverage, seconds,
                                    Paint(STDOUT_FILENO).is_on());
  }
  const bool is_written =
      write_report(options.junit,
                   trial::junit_report(run->outcomes, run->program->solution, seconds)) &&
      write_report(options.html, trial::html_report(run->outcomes, run->coverage));
  if (!is_written) return 2;
  if (run->passed() && run->coverage.percent() < options.coverage_min) {
    std::cerr << "millrace test: the coverage is under " << options.coverage_min << "%\n";
    return 1;
  }
  return run->passed() ? 0 : 1;
}

// Again after each save, until it is told to stop.
int watch_tests(const TestOptions& options) {
  constexpr std::chrono::milliseconds kLookEvery{150};
  block_stop_signals();
  FolderWatch watch(options.solution);
  int code = run_tests(options);
  std::cout << "Watching; end with Ctrl-C.\n" << std::flush;
  while (!stop_signal_within(kLookEvery)) {
    const auto changed = watch.changed();
    if (changed.empty()) continue;
    std::cout << "\n" << changed.front() << " has changed\n" << std::flush;
    code = run_tests(options);
    std::cout << std::flush;
  }
  return code;
}

}  // namespace

void add_test_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "test", "Run a solution's tests (tests/*.test.yaml) and list the branches they leave out.");
  auto options = std::make_shared<TestOptions>();
  add_sandbox_option(*command, options->world);
  command->add_option("DIR", options->solution, "The solution's folder")
      ->required()
      ->check(cli::kExistingDirectory);
  command->add_option("--filter", options->filter, "Only tests whose name has this in it");
  auto* chat = command->add_option("--from-chat", options->chat,
                                   "Print a stored chat as a test instead; needs --data");
  auto* data = command->add_option("--data", options->data, "The server's data folder");
  chat->needs(data);
  add_at_rest_option(*command, options->data);
  command->add_flag("--json", options->json, "Print one JSON object instead of the report");
  command->add_option("--junit", options->junit, "Write JUnit XML to this file");
  command->add_option("--html", options->html, "Write the coverage, drawn, to this file");
  command
      ->add_option("--min-coverage", options->coverage_min,
                   "Fail below this percentage of branches")
      ->check(cli::Range(0.0, 100.0));
  command->add_option("--jobs", options->jobs, "Tests at a time; 0 is one per CPU")
      ->check(cli::Range(0, 256));
  command->add_flag("--watch", options->watches, "Run them again after each save");
  command->footer("Exits 0 when all pass, 1 when one fails, 2 when nothing could be run.");
  command->callback([&exit_code, options] {
    exit_code = options->watches ? watch_tests(*options) : run_tests(*options);
  });
}

}  // namespace millrace::app
