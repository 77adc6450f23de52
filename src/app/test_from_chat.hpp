// A stored chat as a test: what was said, what came back, and what its actions returned.
#pragma once

#include <filesystem>
#include <string>

#include "base/id.hpp"
#include "base/result.hpp"

namespace millrace::app {

// The text of a tests/*.test.yaml. not_found when the data folder has no such chat.
base::Result<std::string> test_from_chat(const std::filesystem::path& data, base::Id chat);

}  // namespace millrace::app
