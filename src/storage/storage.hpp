// Durable keeping on one machine: the journal and a small key-value store, both on SQLite (WAL,
// synchronous=FULL) with group commit, a record log, and the lock on a data folder.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "access/pairs.hpp"
#include "base/key_value.hpp"
#include "base/meter.hpp"
#include "base/record_log.hpp"
#include "base/result.hpp"
#include "posix/locks.hpp"
#include "runtime/archive.hpp"
#include "runtime/delivery_store.hpp"
#include "runtime/identities.hpp"
#include "runtime/ports.hpp"
#include "runtime/retirement.hpp"

namespace millrace::storage {

// The journal, the deliveries that its turns owe, and who was joined with whom, in one database.
class DurableJournal : public runtime::Journal, public runtime::Retirements {
 public:
  // Both live as long as the journal.
  virtual runtime::DeliveryStore& deliveries() = 0;
  virtual runtime::Identities& identities() = 0;
};

// For stores whose figures nobody shows.
base::Meter& no_meter();

// Pages of 4 KiB in a write-ahead log before it is copied into its database.
constexpr int kCheckpointPages = 2'000;
// Turns after which the journal's tables of heads and of chats are brought up to date.
constexpr size_t kTurnsBehindMax = 8'192;

// Opens or creates the journal in that file. Appends run on a thread of its own, one transaction
// for all that have come in meanwhile; reads on another. Destroying it ends both, after what was
// appended has been written and told.
// When a commit fails nothing of it is kept, and everything that is appended is refused
// (unavailable) until a transaction was written and synced again; that is tried whenever something
// is appended or probed. Until then `store_stopped` is 1 in the meter.
base::Result<std::unique_ptr<DurableJournal>> open_journal(const std::filesystem::path& file,
                                                           base::Log& log,
                                                           base::Meter& meter = no_meter(),
                                                           int checkpoint_pages = kCheckpointPages,
                                                           size_t turns_behind = kTurnsBehindMax);

// Opens or creates a key-value store in that file; the same way of committing. `cache_bytes`: of
// the file that are kept in memory for writing, at most.
base::Result<std::unique_ptr<base::KeyValueStore>> open_key_value(const std::filesystem::path& file,
                                                                  base::Log& log,
                                                                  size_t cache_bytes = 16 << 20,
                                                                  base::Meter& meter = no_meter());

// The same for what may be lost, like diagnostics: a file that cannot be opened is put aside as
// NAME.damaged-N, which the log says, and a new one is begun.
base::Result<std::unique_ptr<base::KeyValueStore>> open_or_begin_key_value(
    const std::filesystem::path& file, base::Log& log, size_t cache_bytes = 16 << 20,
    base::Meter& meter = no_meter());

// Opens or creates pairs that a server and commands beside it change together (WAL, a sync for each
// change). Whoever changes waits up to five seconds for the others: then unavailable.
base::Result<std::unique_ptr<access::Transactions>> open_transactions(
    const std::filesystem::path& file);

// Opens or creates a record log in that folder (mode 0700), which is its alone. Files are of about
// `segment_bytes`; up to four that are not needed any more are kept to be written again. Errors:
// data_loss when a record in the middle is missing; unavailable.
base::Result<std::unique_ptr<base::RecordLog>> open_record_log(const std::filesystem::path& folder,
                                                               base::Log& log,
                                                               size_t segment_bytes = 16 << 20);

// Hands over the records of a log beside the server that writes it, or without one, in the order of
// their numbers. Errors: not_found; data_loss; unavailable; what `each` returned.
base::Result<void> read_record_log(const std::filesystem::path& folder,
                                   const base::RecordLog::Each& each);

// Writes each record anew as `change` gives it, which is not empty; what lay behind records in
// their files goes as well. Not while the log is open; when it was cut short, done again. Errors as
// above.
base::Result<void> rewrite_record_log(
    const std::filesystem::path& folder,
    const std::function<base::Result<std::string>(std::string_view record)>& change);

// Held while a process uses a data folder; a second one is refused (already_exists), after
// `patience`: a child of a process that was killed holds it until it is what it was made for.
class FolderLock {
 public:
  // Creates the folder (mode 0700) where it is missing.
  static base::Result<FolderLock> acquire(const std::filesystem::path& folder,
                                          std::chrono::milliseconds patience = {});

 private:
  explicit FolderLock(posix::FileLock lock) : lock_(std::move(lock)) {}
  posix::FileLock lock_;
};

// Reads a journal beside a running server, or without one, also one that a former build wrote.
// not_found when there is none.
base::Result<std::unique_ptr<runtime::Archive>> open_archive(const std::filesystem::path& journal);

// Deliveries beside a running server, or without one: those that are meant, the oldest first; and
// an order about some, which whoever sends takes up.
base::Result<std::vector<runtime::StoredDelivery>> list_deliveries(
    const std::filesystem::path& journal, const runtime::DeliveryFilter& filter);
base::Result<void> order_deliveries(const std::filesystem::path& journal,
                                    runtime::DeliveryOrder::Action action,
                                    const std::vector<int64_t>& rows);

// A key-value store read beside the server that writes it. One thread's.
class PairReader {
 public:
  using Each = std::move_only_function<bool(std::string_view key, std::string_view value)>;
  virtual ~PairReader() = default;
  // The pairs whose key has this prefix, in key order, until `each` says false.
  virtual base::Result<void> each(std::string_view prefix, Each each) = 0;
};
// not_found: there is no such file.
base::Result<std::unique_ptr<PairReader>> open_pairs(const std::filesystem::path& store);

}  // namespace millrace::storage
