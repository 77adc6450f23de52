// The values of attributes: which reserved fields there are and what they take, and what a custom
// attribute becomes (reference: users-track.md 6.1, 6.2).
#pragma once

#include <optional>
#include <string_view>

#include "base/json.hpp"
#include "braze/braze.hpp"
#include "braze/diagnostics.hpp"

namespace millrace::braze {

bool is_reserved_field(std::string_view name);

// The value as it is kept; nullopt when it is dropped (a diagnostic says so).
std::optional<json::value> reserved_value(std::string_view name, const json::value& given,
                                          Diagnostics& diagnostics);

// The new value of a custom attribute, given the old one (null when there was none); nullopt when
// the change is dropped.
std::optional<json::value> custom_value(const json::value& old, const json::value& given,
                                        bool merges_objects, const SandboxOptions& options,
                                        Diagnostics& diagnostics);

}  // namespace millrace::braze
