// A folder that appears whole or not at all: it is written under another name first.
#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace millrace::app {

// Checks where a copy of `from` is to go, and makes the folder NAME.partly (mode 0700) that it is
// written into. Errors: invalid_argument, `to` lies in `from`; already_exists, it is there and not
// an empty folder, or another copy of that name is under way or was cut short; unavailable.
base::Result<std::filesystem::path> begin_folder(const std::filesystem::path& to,
                                                 const std::filesystem::path& from);
// Gives what begin_folder() made its name, durably.
base::Result<void> finish_folder(const std::filesystem::path& partly);

}  // namespace millrace::app
