// Journals broken on purpose, each in one way: what is said of them, and what mending leaves.
#include "storage/upkeep/verify.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <future>

#include "storage/sqlite/sqlite.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/chains.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;

const base::Id kAlice = base::Id::derived("test", "alice");
const base::Id kBob = base::Id::derived("test", "bob");

// A test's body: the owner's id, a blank, some words.
std::optional<base::Id> owner_of(std::string_view body) {
  return base::Id::parse(body.substr(0, body.find(' ')));
}

class StorageVerify : public testing::Test {
 protected:
  // alice has the records 1 to 4 at the positions 1, 3, 5, 7; bob the others.
  StorageVerify() {
    auto journal = open();
    for (int number = 1; number <= 4; ++number) {
      append(*journal, kAlice, number);
      append(*journal, kBob, number);
    }
  }
  std::unique_ptr<DurableJournal> open() {
    auto opened = open_journal(file, log);
    EXPECT_TRUE(opened) << opened.error().describe();
    return opened ? std::move(*opened) : nullptr;
  }
  static base::Result<void> append(DurableJournal& journal, base::Id consumer, int64_t number) {
    std::promise<base::Result<void>> promise;
    runtime::JournalRecord record{consumer, number,
                                  consumer.to_string() + " " + std::to_string(number)};
    record.deliveries.push_back({consumer.to_string() + std::to_string(number),
                                 consumer,
                                 "chat",
                                 "shop",
                                 "live",
                                 "braze",
                                 "braze.track",
                                 {}});
    journal.append(std::move(record), [&](base::Result<int64_t> done) {
      promise.set_value(done ? base::Result<void>() : std::unexpected(done.error()));
    });
    return promise.get_future().get();
  }
  static size_t records_of(DurableJournal& journal, base::Id consumer) {
    std::promise<size_t> promise;
    journal.read_before(consumer, 0, {100, SIZE_MAX}, [&](auto records) {
      EXPECT_TRUE(records) << records.error().describe();
      promise.set_value(records ? records->size() : 0);
    });
    return promise.get_future().get();
  }
  void break_with(const std::string& sql) {
    auto connection = Connection::open(file, Connection::Use::writing);
    ASSERT_TRUE(connection);
    const auto done = connection->execute(sql.c_str());
    ASSERT_TRUE(done) << done.error().describe();
  }
  int64_t count(const char* sql) {
    auto connection = Connection::open(file, Connection::Use::reading);
    auto select = connection->prepare(sql);
    return select && *select->step() ? select->integer(0) : -1;
  }
  Verification verify() {
    Verification found;
    const auto done = verify_journal(file, owner_of, found);
    EXPECT_TRUE(done) << done.error().describe();
    return found;
  }
  static std::string told(const Verification& found) {
    std::string all;
    for (const Problem& problem : found.problems) all += problem.place + ": " + problem.what + "\n";
    return all;
  }

  fakes::NoLog log;
  fakes::Folder folder;
  const fs::path file = folder.path / "journal.db";
};

TEST_F(StorageVerify, AWholeJournalIsAllRightAndNotTouched) {
  const Verification found = verify();
  EXPECT_EQ(told(found), "");
  EXPECT_EQ(found.records, 8u);
  EXPECT_EQ(found.consumers, 2u);
  EXPECT_EQ(found.deliveries, 8u);
  EXPECT_TRUE(mend_journal(file, owner_of)->empty());
  EXPECT_EQ(count("SELECT COUNT(*) FROM sqlite_master WHERE name = 'turns_aside'"), 0);
}

struct Breakage {
  const char* name;
  std::string sql;
  const char* told;
  size_t alice;  // records that mending leaves
  size_t bob;
  int64_t aside;
};

std::string hex(base::Id id) {
  std::string out = "x'";
  for (const char c : id.as_bytes()) {
    constexpr char kDigits[] = "0123456789abcdef";
    out += kDigits[static_cast<uint8_t>(c) >> 4U];
    out += kDigits[static_cast<uint8_t>(c) & 15U];
  }
  return out + "'";
}

std::string text(base::Id id) {
  return "'" + id.to_string() + " words'";
}

const Breakage kBreakages[] = {
    // As the old fault left it: alice's third record was refused, its place was given to bob's, and
    // she went on from there, in his chat.
    {"TheOldFault",
     "DELETE FROM turns WHERE position IN (5, 7);"
     "INSERT INTO turns(position, previous, consumer, number, whole, body) VALUES(9, 6, " +
         hex(kAlice) + ", 4, 1, CAST(" + text(kBob) +
         " AS BLOB));"
         "INSERT INTO turns(position, previous, consumer, number, whole, body) VALUES(10, 9, " +
         hex(kAlice) + ", 5, 1, CAST(" + text(kBob) + " AS BLOB))",
     "holds another consumer's words", 2, 4, 2},
    {"PreviousIsAnothers", "UPDATE turns SET previous = 4 WHERE position = 5",
     "points at position 4, which is another consumer's record", 2, 4, 2},
    {"AGap", "DELETE FROM turns WHERE position = 3",
     "points at position 3, where there is no record before it", 1, 4, 2},
    {"TheFirstIsMissing", "DELETE FROM turns WHERE position = 1", "where there is no record", 0, 4,
     3},
    {"ANumberTwice",
     "INSERT INTO turns(position, previous, consumer, number, whole, body) VALUES(9, 5, " +
         hex(kAlice) + ", 4, 1, CAST(" + text(kAlice) + " AS BLOB))",
     "is a second record of this number", 4, 4, 1},
    {"ANumberLeftOut", "UPDATE turns SET number = number + 1 WHERE position IN (5, 7)",
     "whose number is 2", 2, 4, 2},
    {"PointsForward", "UPDATE turns SET previous = 8 WHERE position = 7",
     "points at position 8, where there is no record before it", 3, 4, 1},
    {"AHeadIsWrong",
     "INSERT OR REPLACE INTO heads VALUES(" + hex(kAlice) +
         ", 3, 2, NULL); UPDATE known SET position = 8",
     "the head is 3", 4, 4, 0},
    {"AHeadIsMissing", "DELETE FROM heads; UPDATE known SET position = 8", "the head is missing", 4,
     4, 0},
};

class StorageVerifyMends : public StorageVerify, public testing::WithParamInterface<Breakage> {};

TEST_P(StorageVerifyMends, AndNothingIsLost) {
  const Breakage& breakage = GetParam();
  break_with(breakage.sql);
  const int64_t before = count("SELECT COUNT(*) FROM turns");
  EXPECT_NE(told(verify()).find(breakage.told), std::string::npos) << told(verify());
  const auto done = mend_journal(file, owner_of);
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_FALSE(done->empty());
  EXPECT_EQ(told(verify()), "");
  const int64_t aside = count("SELECT COUNT(*) FROM turns_aside");
  EXPECT_EQ(aside, breakage.aside);
  EXPECT_EQ(count("SELECT COUNT(*) FROM turns") + aside, before);
  auto journal = open();
  ASSERT_TRUE(journal);
  EXPECT_EQ(records_of(*journal, kAlice), breakage.alice);
  EXPECT_EQ(records_of(*journal, kBob), breakage.bob);
  EXPECT_TRUE(append(*journal, kAlice, static_cast<int64_t>(breakage.alice) + 1));
  EXPECT_TRUE(append(*journal, kBob, static_cast<int64_t>(breakage.bob) + 1));
}

INSTANTIATE_TEST_SUITE_P(Of, StorageVerifyMends, testing::ValuesIn(kBreakages),
                         [](const auto& info) { return info.param.name; });

// A journal of the first format, as a server of that time left it after the fault.
TEST_F(StorageVerify, AJournalOfTheFirstFormatIsMendedToo) {
  fakes::Folder other;
  const fs::path first = other.path / "journal.db";
  {
    auto connection = Connection::open(first, Connection::Use::writing);
    ASSERT_TRUE(connection);
    const std::string body = ", CAST(" + text(kAlice) + " AS BLOB));";
    const std::string his = ", CAST(" + text(kBob) + " AS BLOB));";
    const std::string sql =
        "CREATE TABLE turns(position INTEGER PRIMARY KEY, previous INTEGER NOT NULL, consumer BLOB "
        "NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL);"
        "CREATE TABLE heads(consumer BLOB PRIMARY KEY, position INTEGER NOT NULL, number INTEGER "
        "NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE open_consumers(consumer BLOB PRIMARY KEY) WITHOUT ROWID;"
        "CREATE TABLE known(id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL);"
        "INSERT INTO known VALUES(1, 0); PRAGMA user_version=1;"
        "INSERT INTO turns VALUES(1, 0, " +
        hex(kAlice) + ", 1" + body + "INSERT INTO turns VALUES(2, 0, " + hex(kBob) + ", 1" + his +
        "INSERT INTO turns VALUES(3, 1, " + hex(kAlice) + ", 2" + body +
        "INSERT INTO turns VALUES(4, 2, " + hex(kBob) + ", 2" + his +
        "INSERT INTO turns VALUES(5, 4, " + hex(kAlice) + ", 4" + his +
        "INSERT INTO open_consumers VALUES(" + hex(kAlice) + ");";
    const auto made = connection->execute(sql.c_str());
    ASSERT_TRUE(made) << made.error().describe();
  }
  Verification found;
  ASSERT_TRUE(verify_journal(first, owner_of, found));
  EXPECT_EQ(found.problems_found, 2u) << told(found);  // the record, and the head at it
  const auto mended = mend_journal(first, owner_of);
  ASSERT_TRUE(mended) << mended.error().describe();
  auto opened = open_journal(first, log);
  ASSERT_TRUE(opened) << opened.error().describe();
  EXPECT_EQ(records_of(**opened, kAlice), 2u);
  EXPECT_TRUE(append(**opened, kAlice, 3));
}

TEST_F(StorageVerify, DeliveriesThatFitNothingAreTold) {
  const std::pair<const char*, const char*> table[] = {
      {"DELETE FROM delivery_waiting WHERE id = 2", "neither waits nor has a state"},
      {"INSERT INTO delivery_waiting VALUES(1, 99)", "waits, but there is no such delivery"},
      {"INSERT INTO delivery_states VALUES(98, 1, 0, '')", "has a state, but there is no such"},
      {"INSERT INTO delivery_states VALUES(3, 1, 0, '')", "waits, though it has been settled"},
      {"UPDATE deliveries SET target = 7 WHERE id = 4", "belongs to no target"},
      {"UPDATE deliveries SET consumer = x'00' WHERE id = 5", "who has no record"}};
  for (const auto& [sql, what] : table) {
    break_with(sql);
    EXPECT_NE(told(verify()).find(what), std::string::npos) << what << "\n" << told(verify());
  }
}

// The log of a run that was killed.
class StorageVerifyLog : public StorageVerify {
 protected:
  StorageVerifyLog() {
    auto journal = open();
    for (int number = 5; number <= 14; ++number) append(*journal, kAlice, number);
    fs::copy_file(file.string() + "-wal", folder.path / "wal");
    journal.reset();
    fs::copy_file(folder.path / "wal", file.string() + "-wal",
                  fs::copy_options::overwrite_existing);
  }
};

TEST_F(StorageVerifyLog, DamagedInTheMiddleIsRefusedSaidAndPutAside) {
  // The database as it was before, so that what the log holds stands nowhere else.
  fakes::Folder other;
  const fs::path copy = other.path / "journal.db";
  {
    auto opened = open_journal(copy, log);
    ASSERT_TRUE(opened);
    for (int number = 1; number <= 10; ++number) append(**opened, kAlice, number);
    fs::copy_file(copy, other.path / "kept");
    fs::copy_file(copy.string() + "-wal", other.path / "kept-wal");
  }
  fs::rename(other.path / "kept", copy);
  fs::rename(other.path / "kept-wal", copy.string() + "-wal");
  const auto size = fs::file_size(copy.string() + "-wal");
  {
    std::fstream wal(copy.string() + "-wal", std::ios::in | std::ios::out | std::ios::binary);
    wal.seekp(static_cast<std::streamoff>(size / 2));
    wal << "scribbled";
  }
  const auto refused = open_journal(copy, log);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::data_loss);
  EXPECT_TRUE(refused.error().message.contains("journal.db-wal is damaged after"));
  Verification found;
  ASSERT_TRUE(verify_journal(copy, owner_of, found));
  EXPECT_NE(told(found).find("transactions behind it cannot be read"), std::string::npos);
  const auto mended = mend_journal(copy, owner_of);
  ASSERT_TRUE(mended) << mended.error().describe();
  EXPECT_TRUE(fs::exists(other.path / "journal.db-wal.damaged-1"));
  EXPECT_TRUE(open_journal(copy, log));
}

TEST_F(StorageVerifyLog, WithoutItsDatabaseIsRefusedAndPutAside) {
  for (const bool is_empty : {false, true}) {
    fs::copy_file(folder.path / "wal", file.string() + "-wal",
                  fs::copy_options::overwrite_existing);
    fs::remove(file);
    if (is_empty) std::ofstream(file).flush();
    const auto refused = open_journal(file, log);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().message.contains("is missing, but its log"));
    EXPECT_EQ(verify().problems_found, 1u);
    ASSERT_TRUE(mend_journal(file, owner_of));
    EXPECT_TRUE(open());
  }
  EXPECT_TRUE(fs::exists(folder.path / "journal.db-wal.damaged-2"));
}

TEST_F(StorageVerify, EveryFileIsForItsOwnerAlone) {
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write | fs::perms::others_read);
  auto journal = open();
  append(*journal, kAlice, 5);
  for (const auto& entry : fs::directory_iterator(folder.path)) {
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write)
        << entry.path();
  }
}

}  // namespace
}  // namespace millrace::storage
