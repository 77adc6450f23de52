#include "base/json_change.hpp"

#include <algorithm>

namespace millrace::json {
namespace {

using base::Code;
using base::fail;

// An array that grows at its end and loses at its front is what a history does; anything else is
// written whole. Empty when writing it whole is as good.
object splice_of(const array& before, const array& after) {
  if (before.empty() || after.empty()) return {};
  const auto first = std::ranges::find(before, after.front());
  if (first == before.end()) return {};
  const auto drop = first - before.begin();
  const auto [left, right] = std::mismatch(first, before.end(), after.begin(), after.end());
  const auto keep = left - first;
  return {{"drop", drop}, {"keep", keep}, {"add", array(right, after.end())}};
}

void note(object& change, std::string_view kind, std::string_view name, value what) {
  value& group = change[kind];
  if (!group.is_object()) group.emplace_object();
  group.get_object()[name] = std::move(what);
}

// Whether changing `before` inside gives the members of `after` in their order too: members that go
// leave the others as they stood, and those that come stand at the end.
bool keeps_order(const object& before, const object& after) {
  auto at = after.begin();
  for (const auto& member : before) {
    if (!after.contains(member.key())) continue;
    if (at->key() != member.key()) return false;
    ++at;
  }
  return true;
}

void note_changed(object& change, std::string_view name, const value& before, const value& after) {
  if (before.is_object() && after.is_object() &&
      keeps_order(before.get_object(), after.get_object())) {
    note(change, "/", name, change_of(before.get_object(), after.get_object()));
    return;
  }
  if (before.is_array() && after.is_array()) {
    object splice = splice_of(before.get_array(), after.get_array());
    if (!splice.empty()) {
      note(change, "+", name, std::move(splice));
      return;
    }
  }
  note(change, "=", name, after);
}

base::Result<void> misfit(std::string_view what) {
  return fail(Code::data_loss, "a change does not fit: " + std::string(what));
}

base::Result<void> apply_splice(object& document, std::string_view name, const value& given) {
  value* target = document.if_contains(name);
  const auto* splice = given.if_object();
  if (target == nullptr || !target->is_array() || splice == nullptr) return misfit(name);
  array& items = target->get_array();
  const int64_t drop = get_integer(*splice, "drop").value_or(-1);
  const int64_t keep = get_integer(*splice, "keep").value_or(-1);
  const auto* added = get_array(*splice, "add");
  const auto size = static_cast<int64_t>(items.size());
  if (drop < 0 || keep < 0 || drop > size || keep > size - drop || added == nullptr) {
    return misfit(name);
  }
  items.erase(items.begin() + drop + keep, items.end());
  items.erase(items.begin(), items.begin() + drop);
  items.insert(items.end(), added->begin(), added->end());
  return {};
}

}  // namespace

object change_of(const object& before, const object& after) {
  object change;
  for (const auto& member : after) {
    const value* was = before.if_contains(member.key());
    if (was == nullptr) {
      note(change, "=", member.key(), member.value());
    } else if (*was != member.value()) {
      note_changed(change, member.key(), *was, member.value());
    }
  }
  array removed;
  for (const auto& member : before) {
    if (!after.contains(member.key())) removed.emplace_back(member.key());
  }
  if (!removed.empty()) change["-"] = std::move(removed);
  return change;
}

base::Result<void> apply_change(object& document, const object& change) {
  if (const auto* removed = get_array(change, "-")) {
    for (const value& name : *removed) {
      if (!name.is_string()) return misfit("-");
      const auto found = document.find(name.get_string());
      if (found != document.end()) document.stable_erase(found);
    }
  }
  if (const auto* inside = get_object(change, "/")) {
    for (const auto& member : *inside) {
      value* target = document.if_contains(member.key());
      const auto* inner = member.value().if_object();
      if (target == nullptr || !target->is_object() || inner == nullptr) {
        return misfit(member.key());
      }
      if (auto done = apply_change(target->get_object(), *inner); !done) return done;
    }
  }
  if (const auto* spliced = get_object(change, "+")) {
    for (const auto& member : *spliced) {
      if (auto done = apply_splice(document, member.key(), member.value()); !done) return done;
    }
  }
  if (const auto* set = get_object(change, "=")) {
    for (const auto& member : *set) document[member.key()] = member.value();
  }
  return {};
}

}  // namespace millrace::json
