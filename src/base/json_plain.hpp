// JSON as people and their programs write it: 5.5 and 0.00001, where json::serialize writes 5.5E0
// and 1E-5. For whatever leaves the house; reads back as the same values. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"

namespace millrace::json {

std::string serialize_plain(const value& v);
std::string serialize_plain(const object& o);

// The same, written onto the end of a text.
void append_plain(std::string& out, const value& v);
void append_plain(std::string& out, const object& o);
// In quotes, escaped.
void append_quoted(std::string& out, std::string_view text);
// The fewest digits that are this number and no other, never with an exponent, with a fraction
// (5.0), so that it stays what it was; null for what JSON has no number for.
void append_plain_number(std::string& out, double number);

}  // namespace millrace::json
