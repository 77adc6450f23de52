// A solution's folder and the folder of installed versions, as files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "flow/flow.hpp"

namespace millrace::solutions {

// The files of a solution that make up a version. Refuses folders without app.py, files over 16
// MiB, and more than 10,000 files; symbolic links are not followed out of the folder.
base::Result<flow::Files> read_folder(const std::filesystem::path& folder);

// Writes the files under `versions/<hash>` once; a later call finds them there. Returns the folder.
base::Result<std::filesystem::path> install_files(const std::filesystem::path& versions,
                                                  const std::string& hash,
                                                  const flow::Files& files);
// The hashes installed there.
base::Result<std::vector<std::string>> installed_versions(const std::filesystem::path& versions);

}  // namespace millrace::solutions
