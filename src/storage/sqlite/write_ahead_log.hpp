// What SQLite does not do for its write-ahead log, and a disk that failed makes necessary. By the
// published formats of the log and of its index (sqlite.org/fileformat2.html, /walformat.html).
#pragma once

#include <cstdint>
#include <filesystem>

#include "storage/sqlite/sqlite.hpp"

namespace millrace::storage {

// A writing connection to a database that is this process's alone, after what its log lacks or has
// too much was looked at. Errors: data_loss, with what can be done, when the log is damaged, or has
// no database beside it; else as Connection::open.
base::Result<Connection> open_own(const std::filesystem::path& database,
                                  size_t cache_bytes = 16 << 20);

// Writes what the log holds once more, in place, and syncs it. A run that was killed after a sync
// that failed leaves frames which only the kernel's cache has: it counts them as written, and no
// later sync would write them, though whoever opens the log builds on them. Before anything else
// is written.
base::Result<void> make_log_durable(Connection& connection);

// Cuts off what stands behind the last committed frame: transactions that failed.
base::Result<void> cut_failed_frames(Connection& connection);

// After a checkpoint that failed: what was copied before it may have been lost with it, so that
// the next one copies everything that the log holds. Another checkpoint must not be under way.
base::Result<void> forget_what_was_copied(Connection& connection);

// What can be read of a log, and what stands behind the first frame that is damaged.
struct LogState {
  uint64_t frames = 0;   // that can be read
  uint64_t commits = 0;  // transactions in them
  bool is_head_damaged = false;
  uint64_t commits_after = 0;  // transactions behind the first damaged frame
  // A power cut leaves at most the last transaction incomplete: more were lost than it can take.
  bool is_damaged() const { return commits_after >= 2; }
};

// Of the log beside this database; an absent one is empty. Nobody may write to it meanwhile.
base::Result<LogState> examine_log(const std::filesystem::path& database);

}  // namespace millrace::storage
