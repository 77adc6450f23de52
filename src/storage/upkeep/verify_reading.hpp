// What finding and mending read alike; for the files of this room only.
#pragma once

#include <functional>
#include <vector>

#include "storage/sqlite/sqlite.hpp"
#include "storage/upkeep/chains.hpp"
#include "storage/upkeep/verify.hpp"

namespace millrace::storage {

base::Result<void> each_row(Connection& reading, const char* query,
                            const std::function<void(const Statement&)>& tell);

// All of `turns`, in the order of the positions.
base::Result<std::vector<Link>> read_links(Connection& reading, const WhoseBody& whose);

}  // namespace millrace::storage
