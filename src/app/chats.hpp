// The chats of a data folder, read beside a running server.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "dialog/dialog.hpp"
#include "runtime/archive.hpp"

namespace millrace::app {

// not_found when there is no journal in that folder.
base::Result<std::unique_ptr<runtime::Archive>> archive_of(const std::filesystem::path& data);

// The versions that were ever deployed of a solution; for chats that do not say its name.
std::vector<std::string> versions_of(const std::filesystem::path& data,
                                     const std::string& solution);

// The solution of each version that was ever deployed; likewise.
std::map<std::string, std::string> solutions_by_version(const std::filesystem::path& data);

// Every chat that a filter means, whatever its limit, those with the latest turn first.
using EachChat = std::move_only_function<base::Result<void>(const runtime::ChatEntry& chat)>;
base::Result<void> each_chat(runtime::Archive& archive, runtime::ChatFilter filter, EachChat each);

// A chat's state as its last turn left it.
base::Result<dialog::State> state_of(runtime::Archive& archive, const runtime::ChatEntry& chat,
                                     const std::string& seal_key);

}  // namespace millrace::app
