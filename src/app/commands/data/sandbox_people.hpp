// What the Braze sandbox of a data folder knows of people, and removing it.
#pragma once

#include <filesystem>

#include "app/wire/braze_edge.hpp"
#include "base/result.hpp"
#include "storage/upkeep/forget.hpp"

namespace millrace::app {

// By what Braze knows these consumers, as their chats' states say. Not by what people typed: it may
// be another's name. Errors: data_loss, a state cannot be read; unavailable.
base::Result<BrazeEdge::Names> sandbox_names_of(const std::filesystem::path& data,
                                                const storage::People& people);

// Deletes their profiles, and overwrites what the files have of them. No server may use the folder.
// Nothing is done where it has no sandbox. Errors: as above.
base::Result<void> forget_in_sandbox(const std::filesystem::path& data,
                                     const storage::People& people);

}  // namespace millrace::app
