// The sections of solution.yaml about those outside to whom turns can owe something, as the kinds
// of receivers describe them; and what goes to which: analytics events, news of hand-overs, what is
// said on a channel.
#pragma once

#include "flow/yaml.hpp"

namespace millrace::flow {

// What the kinds say when solution.yaml says nothing.
void assume_receivers(delivery::Kinds kinds, Program& program);
// nullptr when no kind has a section of that name.
const delivery::Kind* kind_of_section(delivery::Kinds kinds, std::string_view section);
void read_receivers(YamlFile& file, const YamlPair& section, const delivery::Kind& kind,
                    Program& program);
// The rest is to be called when all receivers are known.
void read_track(YamlFile& file, const YamlPair& track, Program& program);
void read_notify(YamlFile& file, const YamlPair& notify, Program& program);
// `engagement`: whose events are sent to the addresses of sessions.
void read_engagement(YamlFile& file, const YamlPair& engagement, Program& program);
// A list of channels whose limits are checked; or a map, where a channel may have a receiver.
void read_channels(YamlFile& file, const YamlPair& channels, Program& program);

}  // namespace millrace::flow
