// What the writing and the reading of records share. For the files of records alone.
#pragma once

#include <string>
#include <string_view>

#include "base/enum_names.hpp"
#include "base/id.hpp"
#include "base/json.hpp"
#include "dialog/dialog.hpp"

namespace millrace::runtime {

// What came in, under "k".
enum class InputKind {
  open,
  start,
  said,
  call,
  due,
  event,
  adopted,
  end,
  offered,
  joined,
  agent_said,
  left,
  no_agent,
  assigned,
};
inline constexpr auto kInputKinds = base::enum_names<InputKind>(
    "input", "open", "start", "said", "call", "due", "event", "adopted", "end", "offered", "joined",
    "agent_said", "left", "no_agent", "assigned");

// What a record's sealed part is bound to.
inline std::string seal_context(base::Id chat, int64_t turn) {
  return chat.to_string() + ":" + std::to_string(turn);
}

inline json::object* object_at(json::object& object, std::string_view name) {
  json::value* found = object.if_contains(name);
  return found == nullptr ? nullptr : found->if_object();
}

// Visits what in a state's change (base/json_change.hpp) may be the text that was just said: the
// last message, variables, and answers that can be gone back to.
template <typename F>
void each_text_of(json::object& change, F visit) {
  const auto all_of = [&](json::object* variables) {
    if (variables == nullptr) return;
    for (auto& member : *variables) visit(member.value());
  };
  if (auto* set = object_at(change, "=")) {
    if (auto* last = set->if_contains("last")) visit(*last);
    all_of(object_at(*set, "vars"));
  }
  if (auto* inside = object_at(change, "/")) {
    if (auto* variables = object_at(*inside, "vars")) all_of(object_at(*variables, "="));
  }
  auto* spliced = object_at(change, "+");
  auto* history = spliced == nullptr ? nullptr : object_at(*spliced, "history");
  auto* added = history == nullptr ? nullptr : history->if_contains("add");
  if (added == nullptr || !added->is_array()) return;
  for (json::value& answered : added->get_array()) {
    auto* item = answered.if_object();
    if (auto* text = item == nullptr ? nullptr : item->if_contains("text")) visit(*text);
  }
}

}  // namespace millrace::runtime
