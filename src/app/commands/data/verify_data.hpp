// Whether a data folder holds what it should, for whoever asks: `millrace verify`, and a copy that
// was just taken.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "storage/upkeep/verify.hpp"

namespace millrace::app {

// The consumer, and the chat, whose turn a journal's record holds, where it says so.
std::optional<base::Id> consumer_in(std::string_view body);
std::optional<base::Id> chat_in(std::string_view body);

// Databases, keys, versions, and who may read the files. Works beside a running server.
base::Result<storage::Verification> verify_data(const std::filesystem::path& data);
json::object to_json(const storage::Verification& found);
// Each problem that is listed, and a last line of what was counted, which ends in `when_right`
// where there is none.
std::string describe(const storage::Verification& found, std::string_view when_right);

}  // namespace millrace::app
