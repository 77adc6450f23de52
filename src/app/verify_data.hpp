// Whether a data folder holds what it should, for whoever asks: `millrace verify`, and a copy that
// was just taken.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/id.hpp"
#include "base/result.hpp"
#include "storage/verify.hpp"

namespace millrace::app {

// The consumer, and the chat, whose turn a journal's record holds, where it says so.
std::optional<base::Id> consumer_in(std::string_view body);
std::optional<base::Id> chat_in(std::string_view body);

// Databases, keys, versions, and who may read the files. Works beside a running server.
base::Result<storage::Verification> verify_data(const std::filesystem::path& data);
// A line for each problem that is listed, on standard output.
void print_problems(const storage::Verification& found);

}  // namespace millrace::app
