// The files in which it is written what people say: the published templates and nlu/<locale>.yaml,
// each read by itself. For this room alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "flow/parts.hpp"

namespace millrace::flow {

inline constexpr std::string_view kTrainingFile = "templates/intent.csv";
inline constexpr std::string_view kEntityFile = "templates/entity.csv";

// The intent of that name, which is added where it is not there yet.
Intent& intent_in(std::vector<Intent>& intents, std::string_view name);

// "Utterance,Intent,Type" or "Utterance,Intent" (reference: studio-and-action-nodes.md 3), in the
// default locale.
IntentsRead read_training_file(const std::string& text);
// "Entity,Value,Synonyms": a value of a slot, and what else is said for it, divided by |.
IntentsRead read_entity_file(const std::string& text);
IntentsRead read_nlu_file(const std::string& path, const std::string& text);

}  // namespace millrace::flow
