// How the two notations write the same things: JSON inside cells, YAML values as JSON.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

#include "base/json.hpp"

namespace millrace::flow {

// JSON as people write it into a cell: {"key": "value", "list": [1, 2]}.
std::string spaced_json(const json::value& value);

// A YAML value as JSON: plain scalars that read as whole numbers, decimals, true, false or null
// become those, everything quoted is text. Deeper than 32 levels is cut off as null.
json::value json_from_yaml(const YAML::Node& node, int depth = 0);

}  // namespace millrace::flow
