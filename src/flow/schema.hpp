// The published JSON Schemas of the YAML files (schemas/), for editors.
#pragma once

#include <optional>
#include <string_view>

namespace millrace::flow {

// "flow", "solution", "messages" or "nlu"; nullopt for any other word.
std::optional<std::string_view> json_schema(std::string_view kind);

}  // namespace millrace::flow
