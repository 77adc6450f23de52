// The real stores, waited for: each call goes to the store's own threads and is answered here.
#pragma once

#include <future>

#include "storage/storage.hpp"
#include "storage/testing.hpp"

namespace millrace::faults {

inline base::Result<void> append(runtime::Journal& journal, runtime::JournalRecord record) {
  std::promise<base::Result<void>> promise;
  auto future = promise.get_future();
  journal.append(std::move(record), [&](base::Result<int64_t> done) {
    promise.set_value(done ? base::Result<void>() : std::unexpected(done.error()));
  });
  return future.get();
}

inline base::Result<std::vector<runtime::JournalRecord>> read(runtime::Journal& journal,
                                                              base::Id consumer,
                                                              size_t limit = 1'000) {
  std::promise<base::Result<std::vector<runtime::JournalRecord>>> promise;
  auto future = promise.get_future();
  journal.read_before(consumer, 0, {limit, SIZE_MAX},
                      [&](auto records) { promise.set_value(std::move(records)); });
  return future.get();
}

inline base::Result<void> probe(runtime::Journal& journal) {
  std::promise<base::Result<void>> promise;
  auto future = promise.get_future();
  journal.probe([&](base::Result<void> done) { promise.set_value(done); });
  return future.get();
}

// What was said last, by level.
class KeptLog final : public base::Log {
 public:
  void line(base::Level level, std::string_view, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    lines_.push_back({level, std::string(text)});
  }
  size_t count(std::string_view part) {
    const std::lock_guard lock(mutex_);
    size_t found = 0;
    for (const auto& [level, text] : lines_) found += text.contains(part) ? 1 : 0;
    return found;
  }

 private:
  std::mutex mutex_;
  std::vector<std::pair<base::Level, std::string>> lines_;
};

}  // namespace millrace::faults
