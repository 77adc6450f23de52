// Rich assets as keys of a node in YAML. For the files of this room only.
#pragma once

#include <string>
#include <vector>

#include "flow/yaml/node_writer.hpp"

namespace millrace::flow {

// `buttons:` with each option's node by its name.
std::string buttons_yaml(const std::vector<OptionDraft>& options, const std::string& flow,
                         const Names& names);
// The fields of an asset, below `asset:`.
std::string fields_yaml(const Tree& fields, const std::string& flow, const Names& names);

}  // namespace millrace::flow
