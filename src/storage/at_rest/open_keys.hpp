// Which folders this process has opened with a key, for the files of this room only. It is the
// process's, as SQLite's list of file systems is, which asks it for every file. Thread-safe.
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.hpp"
#include "storage/at_rest/at_rest.hpp"

namespace millrace::storage {

// What was said about the innermost folder that was opened and has this file; nullopt: in the
// clear.
std::optional<DataKey> opened_key(const std::filesystem::path& file);
// The key of that file; nullopt: it is kept in the clear. failed_precondition: its folder is
// encrypted, and was not opened.
base::Result<std::optional<Key>> key_of(const std::filesystem::path& file);
// For this process, from now on. nullopt: in the clear, also in a folder that is encrypted.
void keep_open(const std::filesystem::path& folder, const std::optional<DataKey>& key);

std::filesystem::path marker_in(const std::filesystem::path& data);
base::Result<void> write_marker(const std::filesystem::path& data, const DataKey& key);
// nullopt: there is none.
base::Result<std::optional<std::string>> read_marker(const std::filesystem::path& data);

// Where a conversion prepares what it will put into the data folder's place (convert.hpp).
std::filesystem::path conversion_in(const std::filesystem::path& data);
// It has prepared all, and has to be brought to its end.
bool is_conversion_cut_short(const std::filesystem::path& data);

}  // namespace millrace::storage
