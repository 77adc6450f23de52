#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "posix/files.hpp"
#include "posix/threads.hpp"
#include "solutions/solutions.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;

// In the order of the files' names; none when there is no tests folder.
base::Result<std::vector<trial::TestFile>> read_files(const fs::path& solution) {
  std::vector<fs::path> paths;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(solution / "tests", failed)) {
    if (entry.path().string().ends_with(".test.yaml")) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<trial::TestFile> files;
  for (const fs::path& path : paths) {
    const auto text = posix::read_file(path);
    if (!text) return std::unexpected(text.error());
    files.push_back(trial::read_tests("tests/" + path.filename().string(), *text));
  }
  return files;
}

void play(const std::vector<const trial::Test*>& tests, unsigned jobs, const dialog::Reader* reader,
          TestRun& run) {
  run.outcomes.resize(tests.size());
  std::atomic<size_t> next{0};
  std::mutex merging;
  const auto work = [&] {
    trial::Coverage mine(*run.program);
    for (size_t i = next++; i < tests.size(); i = next++) {
      const auto begun = std::chrono::steady_clock::now();
      run.outcomes[i] = trial::run(*run.program, *tests[i], mine, reader);
      run.outcomes[i].seconds =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    }
    const std::lock_guard lock(merging);
    run.coverage.add(mine);
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < std::min<size_t>(jobs, tests.size()); ++i) {
    threads.push_back(posix::named_thread<std::jthread>("test " + std::to_string(i), work));
  }
  work();
  threads.clear();
}

}  // namespace

TestRun::TestRun(std::shared_ptr<const flow::Program> of)
    : program(std::move(of)), coverage(*program) {}

size_t TestRun::failed() const {
  return static_cast<size_t>(std::ranges::count(outcomes, false, &trial::Outcome::passed));
}

base::Result<TestRun> test(const fs::path& folder, std::shared_ptr<const flow::Program> program,
                           const TestChoice& choice) {
  auto files = read_files(folder);
  if (!files) return std::unexpected(files.error());
  TestRun run(std::move(program));
  run.files = std::move(*files);
  std::vector<const trial::Test*> tests;
  for (const trial::TestFile& file : run.files) {
    run.problems.insert(run.problems.end(), file.problems.begin(), file.problems.end());
    for (const trial::Test& test : file.tests) {
      if (test.name.contains(choice.filter)) tests.push_back(&test);
    }
  }
  if (!run.problems.empty()) return run;
  const unsigned cpus = std::max(1U, std::thread::hardware_concurrency());
  const auto begin = std::chrono::steady_clock::now();
  play(tests, choice.jobs == 0 ? cpus : choice.jobs, choice.reader.get(), run);
  run.took = std::chrono::steady_clock::now() - begin;
  return run;
}

}  // namespace millrace::solutions
