// What is taken out of a journal, and what stays as it was.
#include "storage/journal/retirements.hpp"

#include <gtest/gtest.h>

#include "storage/sqlite/sqlite.hpp"
#include "storage/upkeep/verify.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/faults/stores.hpp"

namespace millrace::storage {
namespace {

using faults::append;
using faults::retire;
using runtime::Retired;

class StorageRetirements : public testing::Test {
 protected:
  StorageRetirements() { open(); }
  void open() {
    journal.reset();
    auto opened = open_journal(file, log);
    ASSERT_TRUE(opened) << opened.error().describe();
    journal = std::move(*opened);
  }
  int64_t known() {
    auto connection = Connection::open(file, Connection::Use::reading);
    return *integer_of(*connection, "SELECT position FROM known");
  }
  int64_t last_place() {
    const auto archive = open_archive(file);
    return (*archive)->since(0, 100)->back().place;
  }

  fakes::NoLog log;
  fakes::Folder folder;
  const std::filesystem::path file = folder.path / "journal.db";
  std::unique_ptr<DurableJournal> journal;
  const base::Id ann = base::Id::derived("test", "ann");
  const base::Id bob = base::Id::derived("test", "bob");
  const base::Id cid = base::Id::derived("test", "cid");
};

// One after the other, so that for the second nothing new is to be written with it.
TEST_F(StorageRetirements, GiveNoPositionAgainAndLeaveTheHeadsKnown) {
  ASSERT_TRUE(append(*journal, {ann, 1, "ann"}));
  ASSERT_TRUE(append(*journal, {bob, 1, "bob"}));
  ASSERT_TRUE(append(*journal, {cid, 1, "cid"}));
  ASSERT_EQ(retire(*journal, {.consumer = cid, .last = 3}), Retired::done);
  ASSERT_EQ(retire(*journal, {.consumer = bob, .last = 2}), Retired::done);
  EXPECT_EQ(known(), 3);
  open();
  ASSERT_TRUE(append(*journal, {bob, 1, "bob anew"}));
  EXPECT_EQ(last_place(), 4);
}

TEST_F(StorageRetirements, DoNothingToWhoHasGoneOnOrIsAwaited) {
  ASSERT_TRUE(append(*journal, {ann, 1, "ann"}));
  ASSERT_TRUE(append(*journal, {ann, 2, "ann goes on"}));
  ASSERT_TRUE(append(*journal, {bob, 1, "bob", base::Timestamp{9}}));
  using How = runtime::Retirement::How;
  EXPECT_EQ(retire(*journal, {.consumer = ann, .last = 1}), Retired::changed);
  EXPECT_EQ(retire(*journal, {.consumer = ann, .last = 2, .how = How::through}), Retired::changed);
  EXPECT_EQ(retire(*journal, {.consumer = bob, .last = 3}), Retired::changed) << "a timer is set";
  EXPECT_EQ(retire(*journal, {.consumer = cid, .last = 4}), Retired::changed) << "nobody";
  EXPECT_EQ(last_place(), 3);
}

TEST_F(StorageRetirements, GoALotAtATimeAndTheRestStaysReadable) {
  const auto count = static_cast<int64_t>(RetiringRows::kStepRecords) + 10;
  for (int64_t number = 1; number < count; ++number) {
    journal->append({ann, number, "ann"}, [](auto) {});
  }
  ASSERT_TRUE(append(*journal, {ann, count, "ann"}));
  const runtime::Retirement all{.consumer = ann, .last = count};
  ASSERT_EQ(retire(*journal, all), Retired::partly);
  EXPECT_EQ(faults::read(*journal, ann)->size(), 10u);
  ASSERT_EQ(retire(*journal, all), Retired::done);
  EXPECT_TRUE(faults::read(*journal, ann)->empty());
  Verification found;
  ASSERT_TRUE(verify_journal(file, nullptr, found));
  EXPECT_EQ(found.problems_found, 0u);
}

}  // namespace
}  // namespace millrace::storage
