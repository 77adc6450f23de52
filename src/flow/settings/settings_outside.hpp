// The sections of solution.yaml about what lies outside the conversation: how scripts are run, whom
// they may reach, and who may ask.
#pragma once

#include "flow/yaml.hpp"

namespace millrace::flow {

void read_actions(YamlFile& file, const YamlPair& actions, Program& program);
// What `commands` says of scripts that are not there, or cannot be tried again.
void check_commands(const Program& program, const AppFacts& facts, Problems& problems);
void read_egress(YamlFile& file, const YamlPair& egress, const Files& files, Program& program);
// Which pages of others may talk to the solution, and with which key the REST channel is asked.
// Patterns of origins, each checked.
std::vector<std::string> read_origin_list(YamlFile& file, const YamlPair& origins);
void read_origins(YamlFile& file, const YamlPair& origins, Program& program);
void read_rest(YamlFile& file, const YamlPair& rest, Program& program);

}  // namespace millrace::flow
