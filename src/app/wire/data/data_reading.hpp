// A data folder read beside a running server, or without one: for commands.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/id.hpp"
#include "base/result.hpp"
#include "runtime/archive.hpp"
#include "solutions/deployments.hpp"
#include "solutions/versions.hpp"

namespace millrace::app {

// not_found when there is no journal in that folder.
base::Result<std::unique_ptr<runtime::Archive>> archive_of(const std::filesystem::path& data);
// The same, or null where nothing was ever served.
base::Result<std::unique_ptr<runtime::Archive>> archive_if_any(const std::filesystem::path& data);

// A file of the folder that was put aside as damaged, if there is one: nobody knows whose words it
// holds.
std::optional<std::filesystem::path> file_put_aside(const std::filesystem::path& data);

// What opens secure answers; "" when it is not there.
std::string seal_key_of(const std::filesystem::path& data);

base::Result<solutions::Deployments> deployments_of(const std::filesystem::path& data);
solutions::Versions versions_in(const std::filesystem::path& data);

// What a stored chat is read with.
struct StoredChat {
  std::unique_ptr<runtime::Archive> archive;
  base::Id id;
  std::string seal_key;
  solutions::Versions versions;
};
// invalid_argument: `id` is none; otherwise as archive_of, or of the key. Whether the chat is there
// is not asked.
base::Result<StoredChat> stored_chat(const std::filesystem::path& data, const std::string& id);

}  // namespace millrace::app
