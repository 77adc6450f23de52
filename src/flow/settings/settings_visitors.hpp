// The sections of solution.yaml about the people who come: how a site proves who its visitor is,
// and which files they may send.
#pragma once

#include "flow/yaml.hpp"

namespace millrace::flow {

void read_identify(YamlFile& file, const YamlPair& identify, Program& program);
void read_uploads(YamlFile& file, const YamlPair& uploads, Program& program);

}  // namespace millrace::flow
