// A new action node and its test, for whoever begins one.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "delivery/kind.hpp"

namespace millrace::solutions {

// Whether a class, a module and a command can be called that: an ASCII identifier of Python's that
// is none of its words, without '_' in front (such files are helpers).
bool is_action_name(std::string_view name);

// Writes action_nodes/NAME.py and tests/NAME.test.yaml and gives their paths. already_exists when
// one of them is there, or a built-in command has that name; then nothing is written.
base::Result<std::vector<std::filesystem::path>> write_action_node(
    const std::filesystem::path& solution, const std::string& name, delivery::Kinds kinds);

}  // namespace millrace::solutions
