// JSON written onto the end of a text that is there already: for what is written so often that a
// text of its own each time would be felt. Reads back as the same values. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"

namespace millrace::braze {

void append_json(std::string& out, std::string_view text);  // in quotes, escaped
void append_json(std::string& out, int64_t number);
void append_json(std::string& out, const json::value& value);
void append_json(std::string& out, const json::object& object);

// False when a number anywhere inside is beyond what a double holds ("1e999"): it could be kept,
// but no JSON could say it.
bool is_finite(const json::value& value);

}  // namespace millrace::braze
