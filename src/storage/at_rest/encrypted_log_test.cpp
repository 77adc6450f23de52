// The write-ahead log of an encrypted database: torn and damaged anywhere, as a power cut or
// somebody else leaves it.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "storage/sqlite/write_ahead_log.hpp"
#include "tests/support/said_at_rest.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using namespace testing_said;  // NOLINT(google-build-using-namespace)

using StorageEncryptedLog = testing_said::Said;

TEST_F(StorageEncryptedLog, OpensAgainAfterAKillWithWhatTheLogHolds) {
  auto killed = open();
  fill(killed, 400);
  const fakes::Folder other;
  unlock(other.path);
  for (const char* name : {"said.db", "said.db-wal"}) {
    fs::copy_file(folder_.path / name, other.path / name);
  }
  auto again = open_own(other.path / "said.db");
  ASSERT_TRUE(again) << again.error().describe();
  EXPECT_EQ(read(*again), 400);
}

TEST_F(StorageEncryptedLog, APageOfTheLogIsNoPageOfTheDatabase) {
  auto connection = open();
  fill(connection, 500);
  const std::string log = content_of(log_);
  // The first frame is of page 1, the second of page 2.
  const std::string page = log.substr(32 + kFrameHeadBytes + kPage + kFrameHeadBytes, kPage);
  ASSERT_TRUE(connection.checkpoint(true));
  std::string damaged = content_of(file_);
  damaged.replace(kPage, kPage, page);
  const PageCipher cipher(DataKey(std::string(32, 'k')).of_file(file_));
  std::string as_log = page;
  std::string as_database = page;
  EXPECT_TRUE(cipher.open(as_log, {PageOf::log, 2}));
  EXPECT_FALSE(cipher.open(as_database, {PageOf::database, 2}));
}

// The log cut and damaged anywhere: whole transactions are kept, in order, and nothing else.
TEST_F(StorageEncryptedLog, ATornLogEndsWithAWholeTransaction) {
  auto connection = open();
  ASSERT_TRUE(connection.execute("CREATE TABLE said(id INTEGER PRIMARY KEY, words)"));
  ASSERT_TRUE(connection.checkpoint(true));
  auto insert = connection.prepare("INSERT INTO said(words) VALUES(?1 || ' ' || ?2)");
  for (int64_t id = 1; id <= 12; ++id) {
    ASSERT_TRUE(insert->bind_text(1, kWords).bind_integer(2, id).run());
  }
  const std::string database = content_of(file_);
  const std::string log = content_of(log_);
  const size_t frame = kFrameHeadBytes + kPage;
  ASSERT_EQ(log.size(), 32 + 12 * frame) << "a frame for each transaction";
  std::mt19937 dice(3);
  for (int i = 0; i < 60; ++i) {
    const fakes::Folder torn;
    unlock(torn.path);
    overwrite(torn.path / "said.db", database);
    // The last transaction, as a power cut leaves at most that one.
    const size_t at = 32 + 11 * frame + dice() % frame;
    std::string left = log;
    if (i % 2 == 0) {
      left.resize(at);
    } else {
      left[at] ^= 1;
    }
    overwrite(torn.path / "said.db-wal", left);
    auto again = open_own(torn.path / "said.db");
    ASSERT_TRUE(again) << again.error().describe();
    EXPECT_EQ(read(*again), 11) << at;
  }
}

TEST_F(StorageEncryptedLog, ADamagedMiddleOfALogIsRefused) {
  auto connection = open();
  ASSERT_TRUE(connection.execute("CREATE TABLE said(id INTEGER PRIMARY KEY, words)"));
  ASSERT_TRUE(connection.checkpoint(true));
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(connection.execute("INSERT INTO said(words) VALUES('x')"));
  }
  const auto whole = examine_log(file_);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->commits, 12U);
  EXPECT_FALSE(whole->is_damaged());
  const fakes::Folder other;
  unlock(other.path);
  overwrite(other.path / "said.db", content_of(file_));
  std::string log = content_of(log_);
  log[32 + 4 * (kFrameHeadBytes + kPage) + 1'000] ^= 1;
  overwrite(other.path / "said.db-wal", log);
  const auto refused = open_own(other.path / "said.db");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::data_loss);
  EXPECT_NE(refused.error().message.find("after 4 transactions: 7"), std::string::npos)
      << refused.error().message;
}

// A checkpoint that a power cut ended within page 1: the log has it whole.
TEST_F(StorageEncryptedLog, ATornFirstPageIsReadFromTheLog) {
  auto connection = open();
  fill(connection, 100);
  ASSERT_TRUE(connection.checkpoint(true));
  ASSERT_TRUE(connection.execute("CREATE TABLE more(id)"));
  const fakes::Folder other;
  unlock(other.path);
  std::string torn = content_of(file_);
  std::fill_n(torn.begin() + 1'024, 512, '\x55');
  overwrite(other.path / "said.db", torn);
  overwrite(other.path / "said.db-wal", content_of(log_));
  auto again = open_own(other.path / "said.db");
  ASSERT_TRUE(again) << again.error().describe();
  EXPECT_EQ(read(*again), 100);
  EXPECT_EQ(integer_of(*again, "SELECT COUNT(*) FROM more"), 0);
}

}  // namespace
}  // namespace millrace::storage
