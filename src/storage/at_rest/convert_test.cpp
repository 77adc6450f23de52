// Data folders encrypted and decrypted: whole, or not at all, wherever the disk fails.
#include "storage/at_rest/convert.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "posix/files.hpp"
#include "storage/sqlite/sqlite.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/backup.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"
#include "tests/faults/disk.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using base::Code;

constexpr std::string_view kWords = "the blue lamp";

class StorageConvert : public ::testing::Test {
 protected:
  StorageConvert() { fs::create_directory(data_); }

  void fill() {
    for (const char* name : {"journal.db", "traces.db"}) {
      auto connection = Connection::open(data_ / name, Connection::Use::writing);
      ASSERT_TRUE(connection);
      ASSERT_TRUE(connection->execute(
          "PRAGMA user_version=7; CREATE TABLE said(id INTEGER PRIMARY KEY AUTOINCREMENT, words);"
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) "
          "INSERT INTO said SELECT i, 'the blue lamp' FROM n"));
    }
    auto records = open_record_log(data_ / "braze-records", log_, 1 << 10);
    ASSERT_TRUE(records);
    for (uint64_t number = 1; number <= 5; ++number) {
      (*records)->append(number, std::string(600, 'x') + std::string(kWords),
                         [](const base::Result<void>&) {});
    }
    ASSERT_TRUE(posix::make_private_folder(data_ / "quarantine"));
    const fs::path aside = data_ / "quarantine" / "a.json";
    const auto content = sealed_for(aside, std::string(kWords));
    ASSERT_TRUE(content);
    ASSERT_TRUE(posix::write_new_file(aside, *content));
    ASSERT_TRUE(posix::write_new_file(data_ / "tokens.key", std::string(32, 't')));
  }
  // All that was filled in can be read.
  void expect_whole() {
    for (const char* name : {"journal.db", "traces.db"}) {
      auto connection = Connection::open(data_ / name, Connection::Use::writing);
      ASSERT_TRUE(connection) << connection.error().describe();
      EXPECT_EQ(integer_of(*connection, "SELECT COUNT(*) FROM said WHERE words = 'the blue lamp'"),
                300);
      EXPECT_EQ(integer_of(*connection, "PRAGMA user_version"), 7);
      EXPECT_EQ(integer_of(*connection, "SELECT seq FROM sqlite_sequence"), 300);
    }
    auto records = open_record_log(data_ / "braze-records", log_, 1 << 10);
    ASSERT_TRUE(records) << records.error().describe();
    const auto last = (*records)->each([](uint64_t, std::string_view record) {
      EXPECT_TRUE(record.ends_with(kWords));
      return base::Result<void>();
    });
    EXPECT_EQ(last, 5U);
    const fs::path aside = data_ / "quarantine" / "a.json";
    EXPECT_EQ(unsealed_from(aside, *posix::read_file(aside)), kWords);
    EXPECT_EQ(*posix::read_file(data_ / "tokens.key"), std::string(32, 't'));
  }
  bool holds_words() const {
    for (const auto& entry : fs::recursive_directory_iterator(data_)) {
      if (!entry.is_regular_file()) continue;
      const auto content = posix::read_file(entry.path(), {.bytes_max = posix::kAnySize});
      if (content && content->find(kWords) != std::string::npos) return true;
    }
    return false;
  }

  fakes::NoLog log_;
  fakes::Folder root_;
  fs::path data_ = root_.path / "data";
  const DataKey key_{std::string(kKeyBytes, 'k')};
};

TEST_F(StorageConvert, EncryptsWhatWasInTheClearAndDecryptsItAgain) {
  fill();
  ASSERT_TRUE(holds_words());
  const auto encrypted = convert_folder(data_, key_, Conversion::encrypt);
  ASSERT_TRUE(encrypted) << encrypted.error().describe();
  EXPECT_EQ(*encrypted,
            (std::vector<std::string>{"braze-records", "journal.db", "quarantine", "traces.db"}));
  EXPECT_FALSE(holds_words());
  EXPECT_FALSE(fs::exists(data_ / "converting"));
  ASSERT_TRUE(unlock_folder(data_, key_, Beginning::refused));
  expect_whole();
  EXPECT_FALSE(holds_words()) << "also after it was written again";
  const auto twice = convert_folder(data_, key_, Conversion::encrypt);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Code::failed_precondition);
  const auto other =
      convert_folder(data_, DataKey(std::string(kKeyBytes, 'o')), Conversion::decrypt);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::failed_precondition);
  const auto decrypted = convert_folder(data_, key_, Conversion::decrypt);
  ASSERT_TRUE(decrypted) << decrypted.error().describe();
  EXPECT_FALSE(is_folder_encrypted(data_));
  EXPECT_TRUE(holds_words());
  expect_whole();
}

TEST_F(StorageConvert, RefusesFilesThatWerePutAsideAsDamaged) {
  fill();
  ASSERT_TRUE(posix::write_new_file(data_ / "traces.db.damaged-1", "anybody's"));
  const auto refused = convert_folder(data_, key_, Conversion::encrypt);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::failed_precondition);
  EXPECT_NE(refused.error().message.find("traces.db.damaged-1"), std::string::npos);
  EXPECT_FALSE(is_folder_encrypted(data_));
}

// Every call on the disk fails in turn, and everything after it, as when a process is killed.
TEST_F(StorageConvert, IsWholeOrNotAtAllWhereverItIsCutShort) {
  for (const Conversion conversion : {Conversion::encrypt, Conversion::decrypt}) {
    const bool encrypts = conversion == Conversion::encrypt;
    int refused = 0;
    int untouched = 0;
    for (int64_t cut = 1, is_done = 0; is_done == 0; cut += 1 + cut / 12) {
      SCOPED_TRACE("call " + std::to_string(cut));
      data_ = root_.path / ((encrypts ? "e" : "d") + std::to_string(cut));
      fs::create_directory(data_);
      if (!encrypts) ASSERT_TRUE(unlock_folder(data_, key_, Beginning::allowed));
      fill();
      {
        const faults::Following following(data_);
        faults::Disk::get().judge([cut](const faults::Seen& seen) {
          return faults::Verdict{seen.number >= cut ? EIO : 0, 0};
        });
        is_done = convert_folder(data_, key_, conversion) ? 1 : 0;
      }
      // What another process finds.
      const fs::path found = data_.string() + "-found";
      fs::rename(data_, found);
      data_ = found;
      if (fs::exists(data_ / "converting" / "ready")) {
        ++refused;
        const auto opened = unlock_folder(data_, key_, Beginning::allowed);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code, Code::failed_precondition);
        const auto ended = convert_folder(data_, key_, conversion);
        ASSERT_TRUE(ended) << ended.error().describe();
        is_done = 0;
        EXPECT_EQ(is_folder_encrypted(data_), encrypts);
      } else if (is_folder_encrypted(data_) == encrypts) {
        is_done = 1;
      } else {
        ++untouched;
        ASSERT_TRUE(remove_unfinished_conversion(data_));
        EXPECT_FALSE(fs::exists(data_ / "converting"));
      }
      if (is_folder_encrypted(data_)) {
        ASSERT_TRUE(unlock_folder(data_, key_, Beginning::refused));
        EXPECT_FALSE(holds_words());
      }
      expect_whole();
      fs::remove_all(data_);
    }
    EXPECT_GT(untouched, 5);
    EXPECT_GT(refused, 0);
  }
}

TEST_F(StorageConvert, ACopyOfAnEncryptedFolderIsEncryptedUnderTheSameKey) {
  ASSERT_TRUE(unlock_folder(data_, key_, Beginning::allowed));
  fill();
  const fs::path copy = root_.path / "copy";
  fs::create_directory(copy);
  ASSERT_TRUE(share_key(data_, copy));
  ASSERT_TRUE(copy_database(data_ / "journal.db", copy / "journal.db"));
  const auto content = posix::read_file(copy / "journal.db", {.bytes_max = posix::kAnySize});
  ASSERT_TRUE(content);
  EXPECT_TRUE(content->starts_with("Millrace sealed"));
  EXPECT_EQ(content->find(kWords), std::string::npos);
  const fs::path moved = root_.path / "moved";
  fs::rename(copy, moved);
  ASSERT_TRUE(unlock_folder(moved, key_, Beginning::refused));
  auto connection = Connection::open(moved / "journal.db", Connection::Use::writing);
  ASSERT_TRUE(connection) << connection.error().describe();
  EXPECT_EQ(integer_of(*connection, "SELECT COUNT(*) FROM said"), 300);
}

}  // namespace
}  // namespace millrace::storage
