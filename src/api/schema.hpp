// Whether a value is what a schema of the document says: of JSON Schema what the document uses
// (type, properties, required, additionalProperties, items, enum, const, lengths and ranges, $ref).
// So what is documented is what is checked. Pure.
#pragma once

#include <string_view>

#include "base/json.hpp"

namespace millrace::api {

// The schemas and the parameters of the document: {"schemas": {...}, "parameters": {...}}.
const json::object& components();

// invalid_argument with the place in the value, "/grants/0/role", and what is expected there.
base::Result<void> check(const json::value& value, std::string_view schema_name);

}  // namespace millrace::api
