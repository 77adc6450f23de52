// The journal's table of chats that are parked (runtime::ParkedChat). For the journal's files only.
#pragma once

#include <filesystem>
#include <unordered_set>
#include <vector>

#include "runtime/ports.hpp"
#include "storage/sqlite.hpp"

namespace millrace::storage {

// Of the writing thread's connection; inside its transactions.
class ParkedChats {
 public:
  base::Result<void> prepare(Connection& writing);
  base::Result<void> put(const runtime::ParkedChat& chat);
  base::Result<void> remove(base::Id consumer);
  // The same for a consumer of whom a record is being written: that one has gone on.
  base::Result<void> remove_if_there(base::Id consumer) {
    return ids_.empty() || !ids_.contains(consumer) ? base::Result<void>() : remove(consumer);
  }
  // Reads again who is parked, after a transaction was undone.
  base::Result<void> read_memory(Connection& writing);

  static base::Result<std::vector<runtime::ParkedChat>> read(Connection& connection);

 private:
  std::unordered_set<base::Id, base::IdHash> ids_;  // of those in the table
  Statement put_;
  Statement remove_;
};

}  // namespace millrace::storage
