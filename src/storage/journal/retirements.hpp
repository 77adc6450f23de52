// Taking out of the journal's tables what is past its retention. For the journal's files only.
#pragma once

#include <vector>

#include "runtime/retirement.hpp"
#include "storage/journal/journal_reads.hpp"
#include "storage/sqlite/sqlite.hpp"

namespace millrace::storage {

// The writing thread's, inside its transactions. The table of chats is up to date when it is asked.
class RetiringRows {
 public:
  // Records that are removed at once, at most.
  static constexpr size_t kStepRecords = 5'000;
  // What a record's `previous` says when those before it are past their retention.
  static constexpr int64_t kRetired = -1;

  base::Result<void> prepare(Connection& writing);

  // Removes the oldest records of the chain that ends at `head`, through that place. True when all
  // of them are gone; else the same again goes on.
  base::Result<bool> remove(base::Id consumer, const Head& head, int64_t through);
  base::Result<void> remove_head(base::Id consumer);
  // Whether deliveries of theirs are waiting or held.
  base::Result<bool> is_owed(base::Id consumer);
  // Those that are settled. The newest row of all stays, emptied, so that its number is not given
  // again.
  base::Result<void> remove_deliveries(base::Id consumer);

 private:
  base::Result<std::vector<int64_t>> places(base::Id consumer, int64_t last);

  Statement find_previous_;
  Statement remove_turn_;
  Statement begin_at_;
  Statement remove_chats_;
  Statement move_chat_;
  Statement remove_head_;
  Statement find_owed_;
  Statement remove_states_;
  Statement remove_deliveries_;
  Statement empty_delivery_;
};

}  // namespace millrace::storage
