// The JSON Schemas of the YAML files, for editors, made from the tables of keys that the readers
// use. schemas/ holds them as files; a test keeps the two equal, and `make golden` writes them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "delivery/kind.hpp"
#include "flow/yaml/yaml_keys.hpp"

namespace millrace::flow {

// Of "flow", "solution", "messages" or "nlu", laid out for people; nullopt for any other word.
std::optional<std::string> json_schema(std::string_view kind, delivery::Kinds receivers = {});

// What stands behind one key, and a map of such keys and no others.
json::object schema_of(const Key& key);
json::object schema_of(std::span<const Key> keys);
// With the dialect and a title, as the text of a file.
std::string schema_file(std::string_view title, json::object schema);

// The keys of a node as rows of a Markdown table, for docs/flows.md.
std::string key_table();

}  // namespace millrace::flow
