// Objects and arrays of objects as custom attributes (reference: users-track.md 6.2). Pure.
#pragma once

#include <optional>

#include "base/json.hpp"

namespace millrace::braze {

// As JSON text.
inline constexpr size_t kNestedBytesMax = 100 << 10;

// False when there is a bad `$time`, a null, a bad key or a bad date anywhere inside, or too much
// of it: Braze then drops the whole change.
bool is_sound_nested(const json::value& value);

// `more` laid over `target`, objects within objects likewise.
void merge_into(json::object& target, const json::object& more);

// Whether it is {"$add": [...], "$remove": [...], "$update": [...]}, with at least one of them.
bool is_array_edit(const json::object& given);

// The array of objects after the edit: first added, then removed, then updated. Null when there
// was no array and nothing to make one of; nullopt when the edit is unsound.
std::optional<json::value> edited_array(const json::value& old, const json::object& edit,
                                        bool merges_objects);

}  // namespace millrace::braze
