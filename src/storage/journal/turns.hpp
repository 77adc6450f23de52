// The journal's tables of turns. `turns` only ever grows at its end, each record pointing at
// the one before it of the same consumer. `heads` says where each consumer's last record is; it is
// brought up to date for many turns at once, and what it lacks after a crash is read from the end
// of `turns`; the table of chats (chats_table.hpp) likewise. So a turn costs one appended row,
// wherever its consumer's key would sort. For the journal's files only.
#pragma once

#include <unordered_map>
#include <vector>

#include "base/id.hpp"
#include "runtime/ports.hpp"
#include "runtime/retirement.hpp"
#include "storage/journal/chats_table.hpp"
#include "storage/journal/journal_reads.hpp"
#include "storage/journal/retirements.hpp"
#include "storage/sqlite/sqlite.hpp"

namespace millrace::storage {

// The writing thread's, inside its transactions.
class Turns {
 public:
  explicit Turns(size_t turns_behind_max) : turns_behind_max_(turns_behind_max) {}

  // Prepares, brings the table of chats up to date, and reads what is kept in memory.
  base::Result<void> prepare(Connection& writing, base::Log& log);
  // Of all consumers; after prepare().
  base::Result<std::vector<runtime::DueConsumer>> due();

  // Where the consumer's records end; {} when there are none.
  base::Result<Head> head_of(base::Id consumer);
  // Appends a record and gives its place. already_exists: its number does not follow the last one.
  base::Result<int64_t> append(const runtime::JournalRecord& record);
  // Writes the tables that lag, where they lag by enough.
  base::Result<void> catch_up();
  // All of runtime::Retirement but what is parked.
  base::Result<runtime::Retired> retire(const runtime::Retirement& what);

  // The transaction under way was made durable.
  void became_durable();
  // A transaction was rolled back: memory is read again. data_loss: a record that was acknowledged
  // is no longer there.
  base::Result<void> was_undone(Connection& writing);

 private:
  // Where a turn stands.
  struct Place {
    int64_t position = 0;
    int64_t number = 0;
    base::Id consumer;
  };

  // A head as it is; `is_written`: as the table has it, too.
  struct Known {
    Head head;
    bool is_written = false;
  };

  base::Result<void> read_memory(Connection& writing);
  void change(base::Id consumer, Head head);
  base::Result<void> put(const runtime::JournalRecord& record, int64_t previous);
  base::Result<void> write_heads();

  const size_t turns_behind_max_;
  Statement insert_;
  Statement find_head_;
  Statement put_head_;
  Statement put_known_;
  Statement list_unknown_;
  Statement list_due_;
  Statement find_turn_;
  Statement find_last_;
  std::unordered_map<base::Id, Known, base::IdHash> known_;
  size_t changed_ = 0;       // of these not in their table yet
  size_t turns_behind_ = 0;  // that they stand for
  ChatsProjection chats_;
  RetiringRows retiring_;
  int64_t last_ = 0;  // position of the last turn; none is given twice, also when turns are removed
  Place written_;     // the last turn of the transaction under way
  Place durable_;     // the last turn that was acknowledged
};

}  // namespace millrace::storage
