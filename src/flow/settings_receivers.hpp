// The sections of solution.yaml about those outside to whom turns can owe something, as the kinds
// of receivers describe them; and where analytics events go.
#pragma once

#include "flow/yaml.hpp"

namespace millrace::flow {

// What the kinds say when solution.yaml says nothing.
void assume_receivers(delivery::Kinds kinds, Program& program);
// nullptr when no kind has a section of that name.
const delivery::Kind* kind_of_section(delivery::Kinds kinds, std::string_view section);
void read_receivers(YamlFile& file, const YamlPair& section, const delivery::Kind& kind,
                    Program& program);
// To be called when all receivers are known.
void read_track(YamlFile& file, const YamlPair& track, Program& program);

}  // namespace millrace::flow
