#include "dialog/turn/owing.hpp"

#include "dialog/turn/payload.hpp"

namespace millrace::dialog {
namespace {

bool is_known(const State& state, std::string_view variable) {
  const auto found = state.variables.find(variable);
  return found != state.variables.end() && !found->second.empty();
}

// A text that is nothing but variables of which none has a value: there is nothing to send for it.
bool is_void(const flow::PayloadSlot& slot, const State& state) {
  bool any = false;
  for (const flow::Template::Part& part : slot.text.parts) {
    if (part.kind != flow::Template::Kind::variable) return false;
    if (is_known(state, part.text)) return false;
    any = true;
  }
  return any;
}

// Takes the member out that the path names; lists keep their places, with null.
void take_out(json::value& at, const json::array& path, size_t depth) {
  if (auto* object = at.if_object()) {
    const std::string_view key(path[depth].get_string());
    auto* member = object->if_contains(key);
    if (member == nullptr) return;
    if (depth + 1 == path.size()) {
      object->erase(key);
    } else {
      take_out(*member, path, depth + 1);
    }
  } else if (auto* array = at.if_array()) {
    auto& item = (*array)[static_cast<size_t>(path[depth].get_int64())];
    if (depth + 1 == path.size()) {
      item = nullptr;
    } else {
      take_out(item, path, depth + 1);
    }
  }
}

}  // namespace

json::object owed_parameters(const flow::ActionNode& node, const State& state) {
  json::array none;
  json::value payload = make_payload(node, state, none);
  for (const flow::PayloadSlot& slot : node.slots) {
    if (is_void(slot, state)) take_out(payload, slot.path, 0);
  }
  return std::move(payload.get_object());
}

Owe owe_of(delivery::Owed owed, std::string receiver, std::string command) {
  return {std::move(owed.key), std::move(owed.kind), std::move(owed.body), std::move(receiver),
          std::move(command)};
}

}  // namespace millrace::dialog
