// The sections of solution.yaml about what lies outside the conversation: how scripts are run, whom
// they may reach, where Braze is, and who may ask.
#pragma once

#include <map>
#include <string>

#include "flow/yaml.hpp"

namespace millrace::flow {

void read_actions(YamlFile& file, const YamlPair& actions, Program& program);
// What `commands` says of scripts that are not there, or cannot be tried again.
void check_commands(const Program& program, const AppFacts& facts, Problems& problems);
void read_egress(YamlFile& file, const YamlPair& egress, const Files& files, Program& program);
void read_braze(YamlFile& file, const YamlPair& braze, Program& program);
// Which pages of others may talk to the solution, and with which key the REST channel is asked.
void read_origins(YamlFile& file, const YamlPair& origins, Program& program);
void read_rest(YamlFile& file, const YamlPair& rest, Program& program);
// Where Braze is when solution.yaml does not say: BRAZE_URL and BRAZE_API_KEY, BRAZE_LIVE_URL and
// BRAZE_LIVE_API_KEY.
std::map<std::string, BrazeSettings, std::less<>> default_braze();

}  // namespace millrace::flow
