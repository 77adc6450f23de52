// The journal's table of chats that are parked (runtime::ParkedChat). For the journal's files only.
#pragma once

#include <filesystem>
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

  static base::Result<std::vector<runtime::ParkedChat>> read(Connection& connection);

 private:
  Statement put_;
  Statement remove_;
};

}  // namespace millrace::storage
