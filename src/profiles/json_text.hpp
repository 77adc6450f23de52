// JSON written onto the end of a text that is there already: for what is written so often that a
// text of its own each time would be felt. Reads back as the same values; and small questions that
// are asked of JSON. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/time.hpp"

namespace millrace::profiles {

void append_json(std::string& out, std::string_view text);  // in quotes, escaped
void append_json(std::string& out, int64_t number);
void append_json(std::string& out, const json::value& value);
void append_json(std::string& out, const json::object& object);

// "2026-01-02T03:04:05.678Z", without quotes.
void append_time(std::string& out, base::Timestamp at);

// No fewer bytes than the value takes as JSON; quick, and far too many.
size_t bytes_at_most(const json::value& value);

// The text of a member; "" when it is absent or no text.
std::string text_in(const json::object& object, std::string_view key);

// The items of a member; none when it is absent or no array. Nothing is copied.
const json::array& items_in(const json::object& object, std::string_view key);

// False when a number anywhere inside is beyond what a double holds ("1e999"): it could be kept,
// but no JSON could say it.
bool is_finite(const json::value& value);

}  // namespace millrace::profiles
