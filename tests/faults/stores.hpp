// The real stores, waited for: each call goes to the store's own threads and is answered here.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <future>

#include "storage/at_rest/at_rest.hpp"
#include "storage/storage.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::faults {

inline int64_t number_from(const char* variable, int64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoll(text);
}

inline base::Id id_of(int i) {
  return base::Id::derived("test", std::to_string(i));
}

// Makes a folder, or opens a copy of one, that is encrypted at rest.
inline void encrypt(const std::filesystem::path& folder) {
  const auto opened = storage::unlock_folder(folder, storage::DataKey(std::string(32, 'k')),
                                             storage::Beginning::allowed);
  ASSERT_TRUE(opened) << opened.error().describe();
}

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

inline base::Result<runtime::Retired> retire(runtime::Retirements& journal,
                                             runtime::Retirement what) {
  std::promise<base::Result<runtime::Retired>> promise;
  auto future = promise.get_future();
  journal.retire(std::move(what), [&](auto retired) { promise.set_value(std::move(retired)); });
  return future.get();
}

inline base::Result<void> probe(runtime::Journal& journal) {
  std::promise<base::Result<void>> promise;
  auto future = promise.get_future();
  journal.probe([&](base::Result<void> done) { promise.set_value(done); });
  return future.get();
}

}  // namespace millrace::faults
