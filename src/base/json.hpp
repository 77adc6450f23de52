// JSON on Boost.JSON: parsing with limits, and typed look-ups that say what was wrong instead of
// throwing.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace millrace::json {

using boost::json::array;
using boost::json::object;
using boost::json::value;

// Parses one value: strict JSON, valid UTF-8, at most 32 levels deep. The error says at which byte.
// Half a surrogate pair, escaped, becomes U+FFFD: it is half an emoji and no reason to refuse all.
// Everything in the value is taken from `storage`, which must outlive it.
base::Result<value> parse(std::string_view text, boost::json::storage_ptr storage = {});
// As parse, and the value must be an object.
base::Result<object> parse_object(std::string_view text, boost::json::storage_ptr storage = {});
std::string serialize(const value& v);
std::string serialize(const object& v);

// The member if it is there and of that type; nullopt otherwise.
std::optional<std::string_view> get_string(const object& o, std::string_view key);
std::optional<int64_t> get_integer(const object& o, std::string_view key);
std::optional<bool> get_bool(const object& o, std::string_view key);
const object* get_object(const object& o, std::string_view key);
const array* get_array(const object& o, std::string_view key);

// A string as it is; a number as people write it, 99.5; a boolean as JSON writes it; null as "None"
// (what an unset variable prints as, reference: studio-and-action-nodes.md 4.6); others as compact
// JSON.
std::string to_text(const value& v);

}  // namespace millrace::json
