#include "app/commands/nlu/nlu_files.hpp"

#include <atomic>
#include <iostream>
#include <mutex>
#include <thread>

#include "nlu/formats/formats.hpp"
#include "posix/files.hpp"
#include "posix/threads.hpp"

namespace millrace::app {
namespace {

// Every task, by so many threads, this one among them.
void run_on_threads(const nlu::Tasks& tasks, size_t threads) {
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < tasks.size(); i = next++) tasks[i]();
  };
  std::vector<std::jthread> others;
  for (size_t t = 1; t < std::min(threads, tasks.size()); ++t) {
    others.push_back(posix::named_thread<std::jthread>("nlu-train", work));
  }
  work();
}

}  // namespace

base::Result<std::vector<nlu::Example>> read_nlu_examples(
    const std::vector<std::filesystem::path>& files, bool is_strict) {
  std::vector<nlu::Example> out;
  size_t wrong = 0;
  for (const auto& file : files) {
    const auto text = posix::read_file(file, {.bytes_max = size_t{256} << 20});
    if (!text) return std::unexpected(text.error());
    auto read = nlu::read_examples(file.filename().string(), *text);
    for (const auto& problem : read.problems) {
      std::cerr << file.string() << ":" << problem.line << ": " << problem.message << "\n";
    }
    wrong += read.problems.size();
    std::ranges::move(read.examples, std::back_inserter(out));
  }
  if (wrong > 0 && is_strict) {
    return base::fail(base::Code::invalid_argument,
                      "Examples cannot be read as they are. Mend what is listed above.");
  }
  return out;
}

base::Result<std::string> train_nlu(const std::vector<nlu::Example>& examples,
                                    const NluOptions& options) {
  std::string base;
  if (!options.base.empty()) {
    auto read = posix::read_file(options.base, {.bytes_max = posix::kAnySize});
    if (!read) return std::unexpected(read.error());
    base = std::move(*read);
  }
  std::mutex telling;
  return nlu::train(
      examples, {.seed = options.seed,
                 .base = bytes_of(base),
                 .run = [&](const nlu::Tasks& tasks) { run_on_threads(tasks, options.threads); },
                 .progress =
                     [&](std::string_view step) {
                       const std::lock_guard lock(telling);
                       std::cerr << "  " << step << "\n";
                     }});
}

}  // namespace millrace::app
