// Copies taken from real files, while they are written and after.
#include "storage/upkeep/backup.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <future>
#include <thread>

#include "storage/sqlite/sqlite.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/verify.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;

const base::Id kAda = base::Id::derived("test", "ada");

class StorageBackup : public testing::Test {
 protected:
  static bool append(DurableJournal& journal, int64_t number) {
    std::promise<bool> promise;
    journal.append({kAda, number, "turn " + std::to_string(number)},
                   [&](auto done) { promise.set_value(done.has_value()); });
    return promise.get_future().get();
  }
  static size_t records_in(const fs::path& journal) {
    Verification found;
    const auto verified = verify_journal(journal, {}, found);
    EXPECT_TRUE(verified) << verified.error().describe();
    EXPECT_EQ(found.problems_found, 0u);
    return found.records;
  }
  static fs::perms mode_of(const fs::path& path) { return fs::symlink_status(path).permissions(); }

  fakes::NoLog log;
  fakes::Folder folder;
  const fs::path file = folder.path / "journal.db";
  const fs::path copy = folder.path / "copy.db";
};

TEST_F(StorageBackup, HasEveryTurnThatWasAcknowledgedBeforeItBegan) {
  auto journal = open_journal(file, log);
  ASSERT_TRUE(journal);
  std::atomic<int64_t> acknowledged = 0;
  std::jthread talk([&](const std::stop_token& asked) {
    for (int64_t number = 1; !asked.stop_requested(); ++number) {
      ASSERT_TRUE(append(**journal, number));
      acknowledged = number;
      acknowledged.notify_all();
    }
  });
  for (int round = 0; round < 5; ++round) {
    const int64_t before = acknowledged;
    acknowledged.wait(before);  // it goes on meanwhile
    const auto known = static_cast<size_t>(acknowledged.load());
    const auto done = copy_database(file, copy);
    ASSERT_TRUE(done) << done.error().describe();
    EXPECT_GE(records_in(copy), known);
    fs::remove(copy);
  }
}

TEST_F(StorageBackup, OpensAndGoesOnAsAJournal) {
  {
    auto journal = open_journal(file, log);
    for (int number = 1; number <= 20; ++number) ASSERT_TRUE(append(**journal, number));
    ASSERT_TRUE(copy_database(file, copy));
    ASSERT_TRUE(append(**journal, 21));  // not in the copy
  }
  EXPECT_EQ(mode_of(copy), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_FALSE(fs::exists(copy.string() + "-wal"));
  {
    auto journal = open_journal(copy, log);
    ASSERT_TRUE(journal) << journal.error().describe();
    EXPECT_TRUE(append(**journal, 21));
    EXPECT_TRUE(append(**journal, 22));
  }
  EXPECT_EQ(records_in(copy), 22u);
  EXPECT_EQ(records_in(file), 21u);
}

TEST_F(StorageBackup, RefusesWhatIsNotThereAndWhatIsThereAlready) {
  EXPECT_EQ(copy_database(file, copy).error().code, base::Code::not_found);
  EXPECT_FALSE(fs::exists(copy));
  {
    auto journal = open_journal(file, log);
  }
  std::ofstream(copy) << "mine";
  EXPECT_EQ(copy_database(file, copy).error().code, base::Code::already_exists);
  EXPECT_EQ(copy_private_file(file, copy).error().code, base::Code::already_exists);
  EXPECT_EQ(fs::file_size(copy), 4u);
  EXPECT_EQ(copy_private_file(folder.path / "none", folder.path / "x").error().code,
            base::Code::not_found);
  EXPECT_EQ(copy_folder(folder.path / "none", folder.path / "x").error().code,
            base::Code::not_found);
}

TEST_F(StorageBackup, SaysWhenADatabaseCannotBeReadWhole) {
  {
    auto journal = open_journal(file, log);
    for (int number = 1; number <= 500; ++number) ASSERT_TRUE(append(**journal, number));
  }
  fs::resize_file(file, fs::file_size(file) / 2);
  const auto done = copy_database(file, copy);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, base::Code::data_loss) << done.error().describe();
}

TEST_F(StorageBackup, FoldersAreCopiedWithModesAndLinksWithoutWhatIsUnfinished) {
  const fs::path from = folder.path / "packages";
  fs::create_directories(from / "v1/.libs");
  fs::create_directories(from / "v2.partly");
  fs::create_directories(from / "v3.new");
  std::ofstream(from / "v1/.libs/a.so") << std::string(3 << 20, 'x');
  std::ofstream(from / "v1/words.new") << "kept";
  fs::permissions(from / "v1/.libs/a.so", fs::perms{0755});
  fs::create_symlink(".libs/a.so", from / "v1/a.so");
  const fs::path to = folder.path / "copied";
  const auto done = copy_folder(from, to);
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(fs::file_size(to / "v1/.libs/a.so"), size_t{3} << 20);
  EXPECT_EQ(mode_of(to / "v1/.libs/a.so"), fs::perms{0755});
  EXPECT_EQ(fs::read_symlink(to / "v1/a.so"), ".libs/a.so");
  EXPECT_TRUE(fs::exists(to / "v1/words.new"));
  EXPECT_FALSE(fs::exists(to / "v2.partly"));
  EXPECT_FALSE(fs::exists(to / "v3.new"));
}

TEST_F(StorageBackup, WhatWasDeletedIsNotInTheCopy) {
  {
    auto journal = open_journal(file, log);
    for (int number = 1; number <= 3; ++number) ASSERT_TRUE(append(**journal, number));
  }
  {
    auto connection = Connection::open(file, Connection::Use::writing);
    ASSERT_TRUE(
        connection->execute("PRAGMA secure_delete=OFF; DELETE FROM turns WHERE number = 3"));
  }
  ASSERT_TRUE(copy_database(file, copy));
  std::ifstream in(copy, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  EXPECT_TRUE(bytes.contains("turn 2"));
  EXPECT_FALSE(bytes.contains("turn 3"));
}

}  // namespace
}  // namespace millrace::storage
