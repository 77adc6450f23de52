// The values of attributes: which reserved fields there are and what they take, and what a custom
// attribute becomes (reference: users-track.md 6.1, 6.2). Pure. What is dropped is dropped with a
// diagnostic.
#pragma once

#include <optional>
#include <string_view>

#include "base/json.hpp"
#include "braze/braze.hpp"
#include "braze/front/diagnostics.hpp"

namespace millrace::braze {

bool is_reserved_field(std::string_view name);

// The new value of a reserved field, given the old one (null when there was none): null removes
// it. nullopt when the change is dropped.
std::optional<json::value> reserved_value(std::string_view name, const json::value& old,
                                          const json::value& given, Diagnostics& diagnostics);

// One assignment to a custom attribute.
struct CustomChange {
  std::string_view name;
  const json::value& old;  // null when there was none
  const json::value& given;
  bool merges_objects = false;
};

// The new value of a custom attribute; null removes it. nullopt when the change is dropped.
std::optional<json::value> custom_value(const CustomChange& change, const SandboxOptions& options,
                                        Diagnostics& diagnostics);

}  // namespace millrace::braze
