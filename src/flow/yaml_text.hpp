// YAML as text: writing scalars, and laying a file out in the one canonical way.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace millrace::flow {

// Whether a plain scalar would be read as a number, a truth value or nothing.
bool reads_as_typed(std::string_view text);

// The text as a YAML scalar behind a key or a dash that stands at `indent`: plain where that is
// safe, a literal block when it has line breaks, quoted otherwise. `quoted` forbids plain.
std::string yaml_scalar(std::string_view text, size_t indent, bool quoted = false);
// The same where no line break may stand: inside [a, b] and as a key.
std::string yaml_inline(std::string_view text, bool quoted = false);

// Whether all of the text is one YAML document, or none. Throws YAML::Exception as the parser does.
bool is_one_document(const std::string& text);

// The file in canonical layout: two spaces a level, one blank line at most, comments kept, what was
// written in one line kept so while it fits 100 columns. Formatting the result changes nothing.
// invalid_argument when the text is not YAML, or uses anchors, tags or several documents.
base::Result<std::string> format_yaml(const std::string& text);

// The flow of that path (flows/NAME.flow.yaml) written anew out of its typed model: each node with
// every key that says something, in one order, without comments. Two texts of which the same comes
// say the same; of what is written here it comes again. nullopt when the file has errors.
std::optional<std::string> flow_from_model(const std::string& path, const std::string& text);

}  // namespace millrace::flow
