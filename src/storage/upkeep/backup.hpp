// Copies of what a server keeps, taken while it runs: databases through SQLite, as they stand at
// one moment, and files with their folders. What is copied is on the disk when a function returns.
#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace millrace::storage {

// Copies a database whole, as its last transaction before this call or a later one left it; a
// server may go on writing to it. What was deleted is not in the copy, which is encrypted where
// `to` lies in a folder that is. Errors: not_found, there is no such database; already_exists, `to`
// is there; data_loss, it cannot be read whole; unavailable; failed_precondition, no key was given.
base::Result<void> copy_database(const std::filesystem::path& from,
                                 const std::filesystem::path& to);

// Copies a file, for its owner alone. Errors: not_found; already_exists; unavailable.
base::Result<void> copy_private_file(const std::filesystem::path& from,
                                     const std::filesystem::path& to);

// Copies a folder with everything in it, modes included. Symbolic links stay links; versions and
// packages that are only being written (NAME.new, NAME.partly) are left out. Errors as above.
base::Result<void> copy_folder(const std::filesystem::path& from, const std::filesystem::path& to);

// Copies a record log beside the server that writes it: what was durable before the call is in it.
// Errors as above.
base::Result<void> copy_record_log(const std::filesystem::path& from,
                                   const std::filesystem::path& to);

}  // namespace millrace::storage
