// The section of solution.yaml about where events come from.
#pragma once

#include "flow/yaml.hpp"

namespace millrace::flow {

void read_sources(YamlFile& file, const YamlPair& sources, Program& program);

}  // namespace millrace::flow
