// What the Braze sandbox of a data folder knows of people, removed through its own API.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "storage/upkeep/forget.hpp"

namespace millrace::app {

// Deletes the profiles of these consumers, by what their chats' states say that Braze knows them
// by, and overwrites what the files have of them. Not by what people typed: it may be another's
// name. No server may use the folder. Nothing is done where it has no sandbox. Errors: data_loss, a
// state cannot be read; unavailable; internal, the sandbox refuses.
base::Result<void> forget_in_sandbox(const std::filesystem::path& data,
                                     const storage::People& people);

}  // namespace millrace::app
