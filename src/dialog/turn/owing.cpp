#include "dialog/turn/owing.hpp"

#include <algorithm>
#include <ranges>

#include "base/text.hpp"
#include "dialog/turn/payload.hpp"

namespace millrace::dialog {
namespace {

bool is_known(const State& state, std::string_view variable) {
  const auto found = state.variables.find(variable);
  if (found != state.variables.end()) return !found->second.empty();
  return state.secrets.contains(variable);
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

// The text with nothing for what has no value, and without the blanks around that: "Ada" of
// "{FIRST} {LAST}".
std::string without_unset(const flow::Template& text, const State& state) {
  std::string filled = text.fill([&](std::string_view name) {
    return is_known(state, name) ? value_of(state, name) : std::string();
  });
  size_t twice = 0;
  while ((twice = filled.find("  ", twice)) != std::string::npos) filled.erase(twice, 1);
  return std::string(base::trim(filled));
}

bool has_unset(const flow::PayloadSlot& slot, const State& state) {
  return std::ranges::any_of(slot.text.parts, [&](const flow::Template::Part& part) {
    return part.kind == flow::Template::Kind::variable && !is_known(state, part.text);
  });
}

// Takes out the member or the item that the path names.
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
    const auto item = array->begin() + path[depth].get_int64();
    if (depth + 1 == path.size()) {
      array->erase(item);
    } else {
      take_out(*item, path, depth + 1);
    }
  }
}

}  // namespace

json::object owed_parameters(const flow::ActionNode& node, const State& state) {
  json::array none;
  json::value payload = make_payload(node, state, none);
  // The last first, so that the places in lists before them stay what they are.
  for (const flow::PayloadSlot& slot : std::views::reverse(node.slots)) {
    if (is_void(slot, state)) {
      take_out(payload, slot.path, 0);
    } else if (has_unset(slot, state) && !slot.text.reads_environment()) {
      at_path(payload.get_object(), slot.path) = without_unset(slot.text, state);
    }
  }
  return std::move(payload.get_object());
}

Owe owe_of(delivery::Owed owed, std::string receiver, std::string command) {
  return {std::move(owed.key), std::move(owed.kind), std::move(owed.body), std::move(receiver),
          std::move(command)};
}

}  // namespace millrace::dialog
