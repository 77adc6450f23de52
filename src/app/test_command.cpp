// `millrace test`: a solution's own tests, in parallel.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "app/commands.hpp"
#include "app/solution.hpp"
#include "app/solution_tests.hpp"
#include "app/test_from_chat.hpp"
#include "storage/storage.hpp"
#include "trial/trial.hpp"

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

int write_test_from(const TestOptions& options) {
  const auto id = base::Id::parse(options.chat);
  const auto text =
      id ? test_from_chat(options.data, *id)
         : base::fail(base::Code::invalid_argument, "'" + options.chat + "' is not a chat's id");
  if (text) {
    std::cout << *text;
    return 0;
  }
  std::cerr << "millrace test: " << text.error().describe() << "\n";
  return 2;
}

int run_tests(const TestOptions& options) {
  if (!options.chat.empty()) return write_test_from(options);
  const auto loaded =
      load_solution(options.solution, {.is_sandboxed = !options.world.unsafe_no_sandbox});
  if (!loaded) {
    std::cerr << "millrace test: " << loaded.error().describe() << "\n";
    return 2;
  }
  if (!loaded->program) {
    for (const flow::Problem& problem : loaded->problems) std::cerr << problem.describe() << "\n";
    std::cerr << "millrace test: the solution has errors; see millrace check\n";
    return 2;
  }
  const auto files = read_solution_tests(options.solution);
  if (!files) {
    std::cerr << "millrace test: " << files.error().describe() << "\n";
    return 2;
  }
  bool sound = true;
  std::vector<const trial::Test*> tests;
  for (const trial::TestFile& file : *files) {
    for (const flow::Problem& problem : file.problems) {
      std::cerr << problem.describe() << "\n";
      sound = false;
    }
    for (const trial::Test& test : file.tests) {
      if (options.filter.empty() || test.name.contains(options.filter)) tests.push_back(&test);
    }
  }
  if (!sound) return 2;
  if (tests.empty()) {
    std::cerr
        << "millrace test: there is no test; write tests/<name>.test.yaml (docs/testing.md)\n";
    return 2;
  }
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  const auto begin = std::chrono::steady_clock::now();
  const TestResults results =
      run_solution_tests(*loaded->program, tests, options.jobs == 0 ? cores : options.jobs);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << trial::text_report(results.outcomes, results.coverage, took.count(),
                                  isatty(STDOUT_FILENO) == 1);
  const bool written =
      write_report(options.junit, trial::junit_report(results.outcomes, loaded->program->solution,
                                                      took.count())) &&
      write_report(options.html, trial::html_report(results.outcomes, results.coverage));
  if (!written) return 2;
  const bool passed = std::ranges::all_of(results.outcomes, &trial::Outcome::passed);
  if (passed && results.coverage.percent() < options.coverage_min) {
    std::cerr << "millrace test: the coverage is under " << options.coverage_min << "%\n";
    return 1;
  }
  return passed ? 0 : 1;
}

}  // namespace

void add_test_command(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "test", "Run a solution's tests (tests/*.test.yaml) and say which roads they leave out.");
  static TestOptions options;
  add_sandbox_option(*command, options.world);
  command->add_option("DIR", options.solution, "The solution's folder")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_option("--filter", options.filter, "Only tests whose name has this in it");
  auto* chat = command->add_option("--from-chat", options.chat,
                                   "Print a stored chat as a test instead; needs --data");
  auto* data = command->add_option("--data", options.data, "The server's data folder");
  chat->needs(data);
  command->add_option("--junit", options.junit, "Write JUnit XML to this file");
  command->add_option("--html", options.html, "Write the coverage, drawn, to this file");
  command->add_option("--min-coverage", options.coverage_min, "Fail under so many percent of roads")
      ->check(CLI::Range(0.0, 100.0));
  command->add_option("--jobs", options.jobs, "Tests at a time; 0 is one per CPU")
      ->check(CLI::Range(0, 256));
  command->footer("Exits 0 when all pass, 1 when one fails, 2 when nothing could be run.");
  command->callback([&exit_code] { exit_code = run_tests(options); });
}

}  // namespace millrace::app
