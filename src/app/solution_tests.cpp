#include "app/solution_tests.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "posix/files.hpp"
#include "posix/threads.hpp"
#include "storage/storage.hpp"

namespace millrace::app {

namespace fs = std::filesystem;

base::Result<std::vector<trial::TestFile>> read_solution_tests(const fs::path& solution) {
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

TestResults run_solution_tests(const flow::Program& program,
                               const std::vector<const trial::Test*>& tests, unsigned jobs) {
  TestResults results{std::vector<trial::Outcome>(tests.size()), trial::Coverage(program)};
  std::atomic<size_t> next{0};
  std::mutex merging;
  const auto work = [&] {
    trial::Coverage mine(program);
    for (size_t i = next++; i < tests.size(); i = next++) {
      results.outcomes[i] = trial::run(program, *tests[i], mine);
    }
    const std::lock_guard lock(merging);
    results.coverage.add(mine);
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < jobs; ++i) {
    threads.push_back(posix::named_thread<std::jthread>("test " + std::to_string(i), work));
  }
  work();
  threads.clear();
  return results;
}

}  // namespace millrace::app
