// The journal's table of joins (runtime::Identities), and the same in memory. Both are written on
// the writing thread; what is asked of the memory is what is durable. For the journal's files only.
#pragma once

#include <shared_mutex>

#include "runtime/identities.hpp"
#include "storage/sqlite/group_writer.hpp"
#include "storage/sqlite/sqlite.hpp"

namespace millrace::storage {

class StoredIdentities final : public runtime::Identities {
 public:
  // Before the writer's thread begins; the writer must outlive it.
  base::Result<void> prepare(GroupWriter& writer);
  // After a transaction was undone.
  base::Result<void> read_memory();

  std::vector<base::Id> line(base::Id consumer) const override;
  void join(base::Id one, base::Id other, Joined joined) override;
  void part(base::Id consumer, Parted parted) override;

 private:
  GroupWriter* writer_ = nullptr;
  Statement put_;
  Statement remove_;
  runtime::Joins written_;  // the writing thread's: with what is not durable yet
  mutable std::shared_mutex mutex_;
  runtime::Joins durable_;  // guarded by mutex_
};

// What the table has; nothing where there is none.
base::Result<runtime::Joins> read_joins(Connection& connection);

}  // namespace millrace::storage
