// A journal whose write-ahead log was torn or damaged.
#include "storage/storage.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "storage/upkeep/verify.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"
#include "tests/faults/stores.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using faults::append;
using faults::id_of;
using faults::read;

TEST(StorageJournal, ATornWriteLeavesTheRecordsBeforeIt) {
  fakes::Folder folder;
  fakes::NoLog log;
  auto journal = open_journal(folder.path / "j.db", log);
  ASSERT_TRUE(journal);
  constexpr int kRecords = 40;
  for (int i = 1; i <= kRecords; ++i) {
    ASSERT_TRUE(
        append(**journal, {id_of(1), i, "body" + std::to_string(i) + std::string(500, 'x')}));
  }
  const auto size = fs::file_size(folder.path / "j.db-wal");
  uint64_t dice = 1;
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    const auto at = (dice >> 33) % size;
    const fs::path torn = folder.path / ("torn" + std::to_string(round));
    fs::create_directory(torn);
    fs::copy_file(folder.path / "j.db", torn / "j.db");
    fs::copy_file(folder.path / "j.db-wal", torn / "j.db-wal");
    if (round % 2 == 0) {
      fs::resize_file(torn / "j.db-wal", at);
    } else {
      std::fstream wal(torn / "j.db-wal", std::ios::in | std::ios::out | std::ios::binary);
      wal.seekp(static_cast<std::streamoff>(at));
      wal << "torn";
    }
    auto reopened = open_journal(torn / "j.db", log);
    if (!reopened && round % 2 == 1) {
      // More is behind the damage than a power cut can take with it.
      EXPECT_EQ(reopened.error().code, base::Code::data_loss);
      ASSERT_TRUE(mend_journal(torn / "j.db", nullptr));
      reopened = open_journal(torn / "j.db", log);
    }
    ASSERT_TRUE(reopened) << reopened.error().describe();
    const auto records = read(**reopened, id_of(1)).value();
    ASSERT_LE(records.size(), static_cast<size_t>(kRecords));
    for (size_t i = 0; i < records.size(); ++i) {
      EXPECT_EQ(records[i].number, static_cast<int64_t>(i) + 1);
      EXPECT_TRUE(records[i].body.starts_with("body" + std::to_string(i + 1) + "x"));
    }
    const auto next = static_cast<int64_t>(records.size()) + 1;
    EXPECT_TRUE(append(**reopened, {id_of(1), next, "after"}));
    reopened->reset();
    fs::remove_all(torn);
  }
}

// Every 61st place of the last record; every one with MILLRACE_TORN_STEP=1 (make soak).
TEST(StorageJournal, EndsWithTheRecordBeforeWhereverTheLastOneIsTorn) {
  const auto step =
      static_cast<uintmax_t>(std::max<int64_t>(1, faults::number_from("MILLRACE_TORN_STEP", 61)));
  fakes::Folder folder;
  fakes::NoLog log;
  const fs::path file = folder.path / "j.db";
  const fs::path log_file = folder.path / "j.db-wal";
  auto journal = open_journal(file, log);
  ASSERT_TRUE(journal);
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(append(**journal, {id_of(1), i, "body"}));
  const auto begin = fs::file_size(log_file);
  ASSERT_TRUE(append(**journal, {id_of(1), 4, "last"}));
  const auto end = fs::file_size(log_file);
  ASSERT_GT(end, begin);
  for (auto at = begin; at <= end; at = at == end ? end + 1 : std::min(at + step, end)) {
    SCOPED_TRACE(at - begin);
    const fs::path torn = folder.path / "torn";
    fs::create_directory(torn);
    fs::copy_file(file, torn / "j.db");
    fs::copy_file(log_file, torn / "j.db-wal");
    fs::resize_file(torn / "j.db-wal", at);
    auto reopened = open_journal(torn / "j.db", log);
    ASSERT_TRUE(reopened) << reopened.error().describe();
    const auto count = static_cast<int64_t>(read(**reopened, id_of(1))->size());
    EXPECT_EQ(count, at == end ? 4 : 3);
    EXPECT_TRUE(append(**reopened, {id_of(1), count + 1, "after"}));
    reopened->reset();
    fs::remove_all(torn);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace millrace::storage
