// Encryption at rest: a data folder whose databases, record logs and calls that are put aside can
// be read only with a key that lies elsewhere. `encryption.json` in the folder says that it is one,
// and has a check of the key.
//
// A folder is opened with its key once for this process, as one mounts an encrypted disk; whatever
// this room then opens in it, or in a folder below, is encrypted. Where the key was not given
// everything there is refused, so nothing is ever written beside it in the clear. What this holds
// against, and what not: docs/adr/0013-encryption-at-rest.md.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "storage/at_rest/data_key.hpp"

namespace millrace::storage {

enum class Beginning {
  refused,  // a folder without data stays as it is
  allowed,  // it becomes an encrypted one
};
// Opens a data folder for this process: with the key in that file, or ("") without one. Errors,
// each with what can be done, failed_precondition: the folder is encrypted and there is no key, or
// it is another key; there is a key and the folder has data in the clear; a conversion was cut
// short. data_loss: encryption.json is lost or damaged. Else as DataKey::read.
base::Result<void> unlock_folder(const std::filesystem::path& data,
                                 const std::filesystem::path& key_file,
                                 Beginning beginning = Beginning::refused);
// The same with a key that is at hand; for tests and benchmarks.
base::Result<void> unlock_folder(const std::filesystem::path& data, const DataKey& key,
                                 Beginning beginning);
// Makes `to` encrypted under the key of `from`, which is open, where that is encrypted; `to` may
// have copies of its files already.
base::Result<void> share_key(const std::filesystem::path& from, const std::filesystem::path& to);

bool is_folder_encrypted(const std::filesystem::path& data);

// Small files: what is to be written into one in the folder, and what was read from it. The same
// text in a folder that is not encrypted. data_loss: it was not sealed for that file.
base::Result<std::string> sealed_for(const std::filesystem::path& file, std::string text);
base::Result<std::string> unsealed_from(const std::filesystem::path& file, std::string content);

}  // namespace millrace::storage
