// The journal's tables, and how those of an earlier build become today's. For the journal's files
// only.
#pragma once

#include <vector>

#include "runtime/ports.hpp"
#include "storage/sqlite/sqlite.hpp"

namespace millrace::storage {

// Creates the tables, or brings them up to date, in one transaction.
base::Result<void> prepare_tables(Connection& writing);

// Marks as they stand in a row: eight bytes each, the least significant first.
std::string to_bytes(const std::vector<runtime::InputMark>& marks);
std::vector<runtime::InputMark> marks_from_bytes(std::string_view bytes);

}  // namespace millrace::storage
