// A journal whose disk fails for a moment, as people see it: what failed is refused, nobody is
// answered with another's record, and it goes on by itself when the disk does.
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/faults/disk.hpp"
#include "tests/faults/stores.hpp"

namespace millrace::faults {
namespace {

struct Failure {
  const char* name;
  Op op;
  int error;
  size_t bytes_done = 0;
};

class StorageFaults : public testing::TestWithParam<Failure> {
 protected:
  StorageFaults() : following(folder.path) { open(); }
  void open() {
    journal.reset();
    auto opened = storage::open_journal(folder.path / "journal.db", log);
    ASSERT_TRUE(opened) << opened.error().describe();
    journal = std::move(*opened);
  }
  void fail_on_the_log() {
    const Failure failure = GetParam();
    Disk::get().judge([failure](const Seen& seen) {
      const bool fails = seen.op == failure.op && seen.path.ends_with("-wal");
      return fails ? Verdict{failure.error, failure.bytes_done} : Verdict();
    });
  }

  fakes::KeptLog log;
  fakes::Folder folder;
  Following following;
  std::unique_ptr<storage::DurableJournal> journal;
  base::Id alice = base::Id::derived("test", "alice");
  base::Id bob = base::Id::derived("test", "bob");
};

TEST_P(StorageFaults, AFailedCommitIsAFailedCommit) {
  for (int i = 1; i <= 2; ++i) {
    ASSERT_TRUE(append(*journal, {alice, i, "alice"}));
    ASSERT_TRUE(append(*journal, {bob, i, "bob"}));
  }
  fail_on_the_log();
  const auto refused = append(*journal, {alice, 3, "refused"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::unavailable);
  EXPECT_FALSE(probe(*journal));
  EXPECT_EQ(append(*journal, {bob, 3, "refused"}).error().code, base::Code::unavailable);
  EXPECT_EQ(log.count_saying("takes nothing until it can be written again"), 1u);
  // What is there can be read all the while.
  const auto meanwhile = read(*journal, alice);
  ASSERT_TRUE(meanwhile) << meanwhile.error().describe();
  EXPECT_EQ(meanwhile->size(), 2u);

  Disk::get().judge(nullptr);
  ASSERT_TRUE(append(*journal, {bob, 3, "my PIN is 9876"}));
  EXPECT_EQ(log.count_saying("can be written again; refused meanwhile: 3"), 1u);
  ASSERT_TRUE(append(*journal, {alice, 3, "hers"}));
  ASSERT_TRUE(append(*journal, {alice, 4, "four"}));
  ASSERT_TRUE(probe(*journal));
  for (int round = 0; round < 2; ++round) {
    const auto hers = read(*journal, alice);
    ASSERT_TRUE(hers) << hers.error().describe();
    ASSERT_EQ(hers->size(), 4u);
    EXPECT_EQ(hers->at(2).body, "hers");
    EXPECT_EQ(hers->at(3).body, "four");
    EXPECT_EQ(read(*journal, bob)->back().body, "my PIN is 9876");
    open();
  }
}

// The last record of all may be past its retention.
TEST_P(StorageFaults, WhatWasTakenOutOnPurposeIsNotMissedAfterAFailure) {
  ASSERT_TRUE(append(*journal, {alice, 1, "alice"}));
  ASSERT_TRUE(append(*journal, {bob, 1, "bob"}));
  ASSERT_EQ(retire(*journal, {.consumer = bob, .last = 2}), runtime::Retired::done);
  fail_on_the_log();
  EXPECT_FALSE(append(*journal, {alice, 2, "refused"}));
  Disk::get().judge(nullptr);
  const auto again = append(*journal, {alice, 2, "two"});
  ASSERT_TRUE(again) << again.error().describe();
  ASSERT_TRUE(append(*journal, {bob, 1, "bob begins anew"}));
  EXPECT_EQ(read(*journal, bob)->size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(OfTheLog, StorageFaults,
                         testing::Values(Failure{"SyncFails", Op::sync, EIO},
                                         Failure{"WriteFails", Op::write, EIO},
                                         Failure{"DiskFull", Op::write, ENOSPC},
                                         Failure{"ShortWrite", Op::write, EIO, 100},
                                         Failure{"ShortWriteFull", Op::write, ENOSPC, 4'000}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace millrace::faults
