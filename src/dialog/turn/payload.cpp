#include "dialog/turn/payload.hpp"

namespace millrace::dialog {
namespace {

using flow::ActionNode;

// What may be shown: a secret reads as its mask.
std::string shown_value_of(const State& state, std::string_view name) {
  return state.secrets.contains(name) ? std::string(kMask) : value_of(state, name);
}

// The part of a slot that only the environment knows goes out as pieces, so that no secret passes
// through a journal and no consumer's text can ask for one.
json::object environment_pieces(const flow::PayloadSlot& slot, const State& state) {
  json::array parts;
  for (const flow::Template::Part& part : slot.text.parts) {
    switch (part.kind) {
      case flow::Template::Kind::literal: parts.push_back(json::object{{"text", part.text}}); break;
      case flow::Template::Kind::variable:
        parts.push_back(json::object{{"text", value_of(state, part.text)}});
        break;
      case flow::Template::Kind::environment:
        parts.push_back(json::object{{"env", part.text}});
        break;
    }
  }
  return {{"path", slot.path}, {"parts", std::move(parts)}};
}

json::object make_context(const flow::Program& program, const State& state) {
  json::object variables;
  for (const auto& [name, value] : state.variables) variables.emplace(name, value);
  for (const auto& [name, value] : state.secrets) variables.emplace(name, value);
  json::object context{{"chat_id", state.chat.to_string()},
                       {"session_id", state.chat.to_string()},
                       {"consumer_id", state.consumer.to_string()},
                       {"user_data", state.user_data},
                       {"events", state.events},
                       {"variables", std::move(variables)},
                       {"last_message", state.last_message},
                       {"locale", program.locales[state.locale]},
                       {"solution", program.solution},
                       {"version", program.hash},
                       {"now", base::to_iso8601(state.call->made_at)}};
  if (!state.error.empty()) context["error"] = state.error;
  return context;
}

}  // namespace

std::string value_of(const State& state, std::string_view name) {
  const auto found = state.variables.find(name);
  if (found != state.variables.end()) return found->second;
  const auto secret = state.secrets.find(name);
  return secret == state.secrets.end() ? "None" : secret->second;
}

json::value& at_path(json::object& payload, const json::array& path) {
  json::value* at = &payload[std::string_view(path[0].get_string())];
  for (size_t i = 1; i < path.size(); ++i) {
    if (path[i].is_string()) {
      at = &at->get_object()[std::string_view(path[i].get_string())];
    } else {
      at = &at->get_array()[static_cast<size_t>(path[i].get_int64())];
    }
  }
  return *at;
}

std::string fill(const flow::Template& text, const State& state) {
  return text.fill([&](std::string_view name) { return shown_value_of(state, name); });
}

json::object make_payload(const ActionNode& node, const State& state, json::array& env_values) {
  json::object payload = node.payload;
  for (const flow::PayloadSlot& slot : node.slots) {
    if (slot.text.reads_environment()) {
      env_values.push_back(environment_pieces(slot, state));
      at_path(payload, slot.path) = "";
    } else {
      at_path(payload, slot.path) =
          slot.text.fill([&](std::string_view name) { return value_of(state, name); });
    }
  }
  for (const flow::NodeInput& input : node.inputs) {
    const auto found = state.kept.find(input.node);
    payload[input.key] = found == state.kept.end() ? json::value(nullptr) : found->second;
  }
  return payload;
}

Call pending_call(const flow::Program& program, const State& state) {
  const auto& node = std::get<ActionNode>(program.find(state.call->node)->does);
  Call call;
  call.key = state.call->key;
  call.command = node.command;
  call.payload = make_payload(node, state, call.env_values);
  call.context = make_context(program, state);
  return call;
}

}  // namespace millrace::dialog
