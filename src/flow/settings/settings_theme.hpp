// The section `theme` of solution.yaml: how the chat page looks, and whether it can be read.
#pragma once

#include "flow/yaml.hpp"

namespace millrace::flow {

void read_theme(YamlFile& file, const YamlPair& section, Program& program);

}  // namespace millrace::flow
