// Files that people sent, when one of them is forgotten.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "storage/upkeep/forget.hpp"

namespace millrace::app {

// Removes from the folder's store of files what these people sent. A file that somebody else sent
// as well stays theirs. For a folder that the caller has locked.
base::Result<void> forget_in_media(const std::filesystem::path& data,
                                   const storage::People& people);

}  // namespace millrace::app
