// The keys of solution.yaml and nlu/<locale>.yaml: one table for "did you mean" and for the JSON
// Schema. Sections of receivers come from their kinds (delivery/kind.hpp).
#pragma once

#include "flow/yaml.hpp"
#include "flow/yaml/yaml_keys.hpp"

namespace millrace::flow {

std::span<const Key> settings_keys();
std::span<const Key> opening_keys();
std::span<const Key> actions_keys();
std::span<const Key> command_keys();
std::span<const Key> backoff_keys();
std::span<const Key> breaker_keys();
std::span<const Key> asides_keys();
std::span<const Key> silence_keys();
std::span<const Key> silence_reminder_keys();
std::span<const Key> understanding_keys();
std::span<const Key> interruptions_keys();
std::span<const Key> rest_keys();
std::span<const Key> engagement_keys();
std::span<const Key> identify_keys();
std::span<const Key> uploads_keys();
std::span<const Key> source_keys();
std::span<const Key> egress_keys();
std::span<const Key> agents_keys();
std::span<const Key> retention_keys();
std::span<const Key> theme_keys();
std::span<const Key> theme_colour_keys();
std::span<const Key> nlu_keys();

// Of a key that is written out where it should be named: whoever has the file would have it.
void refuse_secret(YamlFile& file, const YamlPair& pair);

// How a call may end that can be tried again.
const std::vector<std::string>& retried_outcomes();

}  // namespace millrace::flow
