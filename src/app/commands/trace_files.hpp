// The traces of a data folder, read beside a running server.
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "calls/calls.hpp"

namespace millrace::app {

std::filesystem::path trace_file_in(const std::filesystem::path& data);

// Every trace under the prefix, by chat, oldest first. `wanted` looks at the text first, so that
// what is not wanted need not be read; traces that cannot be read are passed over. Nothing is found
// where no call was ever traced.
base::Result<void> each_trace(const std::filesystem::path& data, std::string_view prefix,
                              const std::function<bool(std::string_view text)>& wanted,
                              const std::function<void(const calls::CallTrace&)>& each);

// The same of the chats that have a call whose effect is unknown, and of no others.
base::Result<void> each_trace_beside_unknown(
    const std::filesystem::path& data, const std::function<bool(std::string_view text)>& wanted,
    const std::function<void(const calls::CallTrace&)>& each);

// One call as people read it, several lines.
std::string describe(const calls::CallTrace& trace);

// Removes what was put aside of these chats' calls (their names stand in it).
base::Result<void> forget_quarantined(const std::filesystem::path& data,
                                      const std::set<std::string>& chats);

}  // namespace millrace::app
