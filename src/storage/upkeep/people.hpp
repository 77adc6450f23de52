// People by their ids within a query; for the files of this room only.
#pragma once

#include "storage/sqlite/sqlite.hpp"
#include "storage/upkeep/forget.hpp"

namespace millrace::storage {

base::Result<bool> has_table(Connection& connection, std::string_view name);

// Makes the table `temp.meant`, whose one column, consumer, lists these people.
base::Result<void> name_people(Connection& connection, const People& people);

}  // namespace millrace::storage
