// The latest chat of every consumer, read from a data folder beside a running server.
#pragma once

#include <filesystem>
#include <functional>

#include "base/result.hpp"
#include "base/time.hpp"
#include "dialog/dialog.hpp"

namespace millrace::app {

// `at` is the time of its last turn. A chat that cannot be read is left out. not_found when there
// is no journal in that folder.
using EachChat = std::move_only_function<void(const dialog::State& state, base::Timestamp at)>;
base::Result<void> each_chat(const std::filesystem::path& data, EachChat each);

}  // namespace millrace::app
