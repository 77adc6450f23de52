// SQLite over the encrypted VFS: what it writes can be read by nobody else, what is damaged or
// moved is found out, and what it reads in pieces comes out as it was written.
#include "storage/at_rest/encrypted_vfs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/said_at_rest.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using namespace testing_said;  // NOLINT(google-build-using-namespace)

using StorageEncryptedVfs = testing_said::Said;

TEST_F(StorageEncryptedVfs, LeavesNothingReadableInDatabaseAndLog) {
  auto connection = open();
  fill(connection, 500);
  ASSERT_GT(fs::file_size(log_), 5 * kPage);
  EXPECT_EQ(content_of(log_).find("Ottilie"), std::string::npos);
  ASSERT_TRUE(connection.checkpoint(false));
  ASSERT_GT(fs::file_size(file_), 5 * kPage);
  for (const auto& entry : fs::directory_iterator(folder_.path)) {
    const std::string content = content_of(entry.path());
    for (const std::string_view word : {"Ottilie", "CREATE TABLE", "SQLite format 3"}) {
      EXPECT_EQ(content.find(word), std::string::npos) << entry.path() << " " << word;
    }
  }
  EXPECT_EQ(read(connection), 500);
}

TEST_F(StorageEncryptedVfs, WithoutAKeyTheSameWordsAreFound) {
  const fakes::Folder clear;
  auto connection = Connection::open(clear.path / "said.db", Connection::Use::writing);
  ASSERT_TRUE(connection);
  fill(*connection, 500);
  EXPECT_NE(content_of(clear.path / "said.db-wal").find("Ottilie"), std::string::npos);
  ASSERT_TRUE(connection->checkpoint(false));
  EXPECT_NE(content_of(clear.path / "said.db").find("Ottilie"), std::string::npos);
}

TEST_F(StorageEncryptedVfs, AnotherConnectionReadsDatabaseAndLogTogether) {
  auto writing = open();
  fill(writing, 300);
  ASSERT_TRUE(writing.checkpoint(false));
  fill(writing, 0);
  ASSERT_TRUE(writing.execute("DELETE FROM said WHERE id > 200"));
  auto reading = Connection::open(file_, Connection::Use::reading);
  ASSERT_TRUE(reading);
  EXPECT_EQ(read(*reading), 200);
  EXPECT_EQ(integer_of(*reading,
                       "SELECT COUNT(*) FROM pragma_integrity_check "
                       "WHERE integrity_check <> 'ok'"),
            0);
}

TEST_F(StorageEncryptedVfs, SamePageIsNeverWrittenTheSameWay) {
  auto connection = open();
  fill(connection, 10);
  ASSERT_TRUE(connection.checkpoint(true));
  const std::string before = content_of(file_);
  ASSERT_TRUE(connection.execute("UPDATE said SET words = 'x' WHERE id = 1"));
  ASSERT_TRUE(
      connection.execute("UPDATE said SET words = 'Ottilie wants the blue lamp back 1' "
                         "WHERE id = 1"));
  ASSERT_TRUE(connection.checkpoint(true));
  EXPECT_EQ(read(connection), 10);
  const std::string after = content_of(file_);
  ASSERT_EQ(before.size(), after.size());
  EXPECT_TRUE(before.substr(kPage) != after.substr(kPage));
}

TEST_F(StorageEncryptedVfs, EveryDamagedByteOfADatabaseIsFoundOut) {
  {
    auto connection = open();
    fill(connection, 200);
    ASSERT_TRUE(connection.checkpoint(true));
  }
  const std::string whole = content_of(file_);
  std::mt19937 dice(7);
  const auto is_found_out = [&](size_t at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << dice() % 8));
    overwrite(file_, damaged);
    auto connection = Connection::open(file_, Connection::Use::reading);
    if (!connection) return connection.error().code == base::Code::data_loss;
    const auto rows = read(*connection);
    if (rows) return false;
    EXPECT_EQ(rows.error().code, base::Code::data_loss) << rows.error().describe();
    return rows.error().code == base::Code::data_loss;
  };
  // Its magic, what is readable, what is sealed, nonce and tag; and pages behind it.
  for (size_t at = 0; at < 128; ++at) EXPECT_TRUE(is_found_out(at)) << at;
  for (size_t at = kPage - kReservedBytes; at < kPage; ++at) EXPECT_TRUE(is_found_out(at)) << at;
  for (int i = 0; i < 100; ++i) {
    const size_t at = dice() % (3 * kPage);
    EXPECT_TRUE(is_found_out(at)) << at;
  }
}

TEST_F(StorageEncryptedVfs, AnErrorNamesTheFileAndWhatToDo) {
  {
    auto connection = open();
    fill(connection, 200);
    ASSERT_TRUE(connection.checkpoint(true));
  }
  std::string damaged = content_of(file_);
  damaged[2 * kPage + 100] ^= 1;
  overwrite(file_, damaged);
  auto connection = open();
  const auto rows = read(connection);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, base::Code::data_loss);
  EXPECT_NE(rows.error().message.find("said.db"), std::string::npos);
  EXPECT_NE(rows.error().message.find("from a backup"), std::string::npos);
}

TEST_F(StorageEncryptedVfs, PagesThatChangedPlacesAreFoundOut) {
  {
    auto connection = open();
    fill(connection, 500);
    ASSERT_TRUE(connection.checkpoint(true));
  }
  std::string swapped = content_of(file_);
  ASSERT_GT(swapped.size(), 5 * kPage);
  std::swap_ranges(swapped.begin() + 3 * kPage, swapped.begin() + 4 * kPage,
                   swapped.begin() + 4 * kPage);
  overwrite(file_, swapped);
  auto connection = Connection::open(file_, Connection::Use::reading);
  ASSERT_TRUE(connection);
  const auto rows = read(*connection);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, base::Code::data_loss);
}

TEST_F(StorageEncryptedVfs, TemporaryFilesAreEncryptedToo) {
  auto connection = open();
  ASSERT_TRUE(connection.execute("PRAGMA temp_store=FILE; PRAGMA cache_size=10"));
  fill(connection, 3'000);
  // Sorts, and writes the database anew, through files.
  EXPECT_EQ(
      integer_of(connection, "SELECT COUNT(*) FROM (SELECT words || id AS w FROM said ORDER BY w)"),
      3'000);
  ASSERT_TRUE(connection.execute("VACUUM"));
  EXPECT_EQ(read(connection), 3'000);
  ASSERT_TRUE(connection.checkpoint(true));
  EXPECT_EQ(content_of(file_).find("Ottilie"), std::string::npos);
}

// Everything that a database can be asked, against one in the clear: the same answers.
TEST_F(StorageEncryptedVfs, AnswersAsADatabaseInTheClearDoes) {
  const fakes::Folder clear;
  std::mt19937 dice(11);
  auto sealed = open();
  auto plain = Connection::open(clear.path / "said.db", Connection::Use::writing);
  ASSERT_TRUE(plain);
  Connection* const both[] = {&sealed, &*plain};
  const auto run = [&](const std::string& sql) {
    for (Connection* connection : both) {
      const auto done = connection->execute(sql.c_str());
      ASSERT_TRUE(done) << sql << " " << done.error().describe();
    }
  };
  run("PRAGMA cache_size=20; CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB, n); "
      "CREATE INDEX i ON t(n)");
  for (int step = 0; step < 400; ++step) {
    const std::string n = std::to_string(dice() % 200);
    const std::string bytes = std::to_string(dice() % 20'000);
    switch (dice() % 8) {
      case 0: run("DELETE FROM t WHERE n = " + n); break;
      case 1: run("UPDATE t SET b = zeroblob(" + bytes + ") WHERE n < " + n); break;
      case 2:
        run("BEGIN; INSERT INTO t(b, n) VALUES(zeroblob(" + bytes + "), " + n +
            "); SAVEPOINT s; "
            "UPDATE t SET n = n + 1; ROLLBACK TO s; COMMIT");
        break;
      case 3: run("BEGIN; UPDATE t SET n = n + 1; DELETE FROM t WHERE n > 50; ROLLBACK"); break;
      case 4:
        for (Connection* connection : both) ASSERT_TRUE(connection->checkpoint(dice() % 2 == 0));
        break;
      default:
        run("INSERT INTO t(b, n) VALUES(CAST(printf('%." + bytes + "c', 'x') AS BLOB), " + n + ")");
    }
    const char* const kSum = "SELECT COALESCE(SUM(length(b) * (id % 97) + n), 0) FROM t";
    EXPECT_EQ(integer_of(sealed, kSum).value_or(-1), integer_of(*plain, kSum).value_or(-2)) << step;
  }
  EXPECT_EQ(integer_of(sealed,
                       "SELECT COUNT(*) FROM pragma_integrity_check "
                       "WHERE integrity_check <> 'ok'"),
            0);
}

// What SQLite reads beside whole pages, through the file itself.
TEST_F(StorageEncryptedVfs, GivesPartsOfThePagesAsTheyWereWritten) {
  auto connection = open();
  fill(connection, 100);
  ASSERT_TRUE(connection.checkpoint(true));
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  std::string page(kPage, '\0');
  ASSERT_EQ(file->pMethods->xRead(file, page.data(), kPage, 0), SQLITE_OK);
  EXPECT_TRUE(page.starts_with("SQLite format 3"));
  for (const auto& [at, bytes] : {std::pair{0, 100}, {24, 16}, {0, 16}, {16, 8}, {1'000, 3'000}}) {
    std::string part(static_cast<size_t>(bytes), '\0');
    ASSERT_EQ(file->pMethods->xRead(file, part.data(), bytes, at), SQLITE_OK) << at;
    EXPECT_EQ(part, page.substr(static_cast<size_t>(at), part.size())) << at;
  }
  std::string behind(kPage, 'x');
  EXPECT_EQ(file->pMethods->xRead(file, behind.data(), kPage, 1'000 * sqlite3_int64{kPage}),
            SQLITE_IOERR_SHORT_READ);
  EXPECT_EQ(behind, std::string(kPage, '\0'));
  // What cannot be encrypted as it comes is refused.
  EXPECT_EQ(file->pMethods->xWrite(file, page.data(), 100, 0), SQLITE_IOERR_WRITE);
  EXPECT_EQ(file->pMethods->xWrite(file, page.data(), kPage, 10), SQLITE_IOERR_WRITE);
}

TEST_F(StorageEncryptedVfs, ADatabaseInTheClearIsRefusedInAnEncryptedFolder) {
  const fakes::Folder clear;
  {
    auto plain = Connection::open(clear.path / "said.db", Connection::Use::writing);
    ASSERT_TRUE(plain);
    fill(*plain, 10);
    ASSERT_TRUE(plain->checkpoint(true));
  }
  fs::copy_file(clear.path / "said.db", file_);
  auto connection = Connection::open(file_, Connection::Use::writing);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, base::Code::data_loss);
}

}  // namespace
}  // namespace millrace::storage
