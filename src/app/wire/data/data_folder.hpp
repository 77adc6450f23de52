// The data folder of a server, opened: held against a second server, its keys loaded, and its files
// found to belong together. What is missing beside data that needs it is refused with what would be
// lost, unless the operator has accepted that loss.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/wire/data/manifest.hpp"
#include "base/result.hpp"
#include "base/world.hpp"
#include "storage/storage.hpp"

namespace millrace::app {

// Names of files that --make-anew takes.
const std::vector<std::string>& files_that_can_be_made_anew();

struct DataFolder {
  storage::FolderLock lock;
  std::string token_key;
  std::string seal_key;
};

// `make_anew`: files that may begin anew although their loss means a loss of data.
base::Result<DataFolder> open_data_folder(const std::filesystem::path& data,
                                          const std::vector<std::string>& make_anew);

// Notes that the journal and the keys exist; called once the journal is open.
base::Result<void> note_data_folder(const std::filesystem::path& data);

// Whether the folder's store of secrets can be opened: the first consumer would notice otherwise.
base::Result<void> check_secrets(const std::filesystem::path& data,
                                 const std::filesystem::path& key);

// The Braze sandbox's own key, for a folder that the caller has locked.
base::Result<std::string> load_sandbox_key(const std::filesystem::path& data,
                                           const std::vector<std::string>& make_anew = {});

}  // namespace millrace::app
