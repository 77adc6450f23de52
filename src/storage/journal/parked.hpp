// The journal's table of chats that are parked (runtime::ParkedChat). For the journal's files only.
#pragma once

#include <filesystem>
#include <unordered_set>
#include <vector>

#include "runtime/ports.hpp"
#include "storage/sqlite/sqlite.hpp"

namespace millrace::storage {

// Of the writing thread's connection; inside its transactions.
class ParkedChats {
 public:
  base::Result<void> prepare(Connection& writing);
  base::Result<void> put(const runtime::ParkedChat& chat);
  // The consumer goes on: a record of theirs is being written.
  base::Result<void> strike(base::Id consumer);
  // Who is parked, read at the start, and again after a transaction was undone.
  base::Result<std::vector<runtime::ParkedChat>> read_memory(Connection& writing);

  static base::Result<std::vector<runtime::ParkedChat>> read(Connection& connection);

 private:
  std::unordered_set<base::Id, base::IdHash> ids_;  // of those in the table
  Statement put_;
  Statement remove_;
};

}  // namespace millrace::storage
