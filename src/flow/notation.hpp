// How the two notations write the same things: JSON inside cells, YAML values as JSON.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

#include "base/json.hpp"

namespace millrace::flow {

// JSON as people write it into a cell: {"key": "value", "list": [1, 2]}.
std::string spaced_json(const json::value& value);

// JSON as YAML on one line: {key: value, list: [1, '2']}; json_from_yaml gives it back.
std::string yaml_value(const json::value& value);

// A YAML value as JSON: plain scalars that read as whole numbers, decimals, true, false or null
// become those, everything quoted is text. Deeper than 32 levels is cut off as null.
inline constexpr int kYamlDepthMax = 32;
json::value json_from_yaml(const YAML::Node& node, int depth = 0);

}  // namespace millrace::flow
