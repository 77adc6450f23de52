// A checkpoint whose sync fails takes pages with it that an earlier one had copied: SQLite counts
// those as copied, the kernel counts them as written, and the disk has neither.
#include <gtest/gtest.h>

#include <cerrno>

#include "storage/sqlite/sqlite.hpp"
#include "storage/sqlite/write_ahead_log.hpp"
#include "tests/faults/disk.hpp"
#include "tests/faults/stores.hpp"

namespace millrace::faults {
namespace {

namespace fs = std::filesystem;
using storage::Connection;

// What the disk has after: a part copied while somebody reads, a checkpoint whose sync fails, one
// that succeeds and empties the log, and a power cut. "ok", or what is wrong.
std::string after_power_cut(bool copies_again) {
  fakes::Folder root;
  const fs::path home = root.path / "home";
  fs::create_directory(home);
  const Following following(home);
  {
    auto writing = *Connection::open(home / "a.db", Connection::Use::writing);
    auto reading = *Connection::open(home / "a.db", Connection::Use::reading);
    const auto run = [](Connection& connection, const char* sql) {
      const auto done = connection.execute(sql);
      EXPECT_TRUE(done) << done.error().describe();
    };
    const char* kFill =
        "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60) "
        "SELECT NULL, zeroblob(3000) FROM n";
    run(writing, "CREATE TABLE t(id INTEGER PRIMARY KEY, body BLOB)");
    run(writing, kFill);
    run(reading, "BEGIN; SELECT COUNT(*) FROM t");
    run(writing, kFill);
    EXPECT_TRUE(writing.checkpoint(false));  // as far as the reader lets it, and without a sync
    run(reading, "COMMIT");
    Disk::get().judge([](const Seen& seen) {
      return seen.op == Op::sync && seen.path.ends_with("a.db") ? Verdict{EIO, 0} : Verdict();
    });
    EXPECT_FALSE(writing.checkpoint(false));
    Disk::get().judge(nullptr);
    if (copies_again) EXPECT_TRUE(storage::forget_what_was_copied(writing));
    EXPECT_TRUE(writing.checkpoint(true));
    Disk::get().copy_after_power_cut(root.path / "cut", 1);
  }
  Disk::get().leave();
  auto cut = Connection::open(root.path / "cut" / "a.db", Connection::Use::writing);
  if (!cut) return cut.error().describe();
  auto check = cut->prepare("PRAGMA integrity_check(1)");
  if (!check) return check.error().describe();
  const auto row = check->step();
  return row && *row ? std::string(check->bytes(0)) : "cannot be read";
}

TEST(StorageCheckpoints, WhatAFailedOneMayHaveLostIsCopiedAgain) {
  EXPECT_EQ(after_power_cut(true), "ok");
  EXPECT_NE(after_power_cut(false), "ok") << "the fault is one that this disk can have";
}

}  // namespace
}  // namespace millrace::faults
