#include "flow/language/tree.hpp"

#include <algorithm>

namespace millrace::flow {

const Tree* Tree::find(std::string_view name) const {
  const Map* members = map();
  if (members == nullptr) return nullptr;
  const auto found = std::ranges::find_if(
      *members, [&](const auto& member) { return member.first.value == name; });
  return found == members->end() ? nullptr : &found->second;
}

std::optional<std::string_view> Tree::text() const {
  const json::value* leaf = scalar();
  if (leaf == nullptr || !leaf->is_string()) return std::nullopt;
  return leaf->get_string();
}

json::value json_of(const Tree& tree) {
  if (const auto* members = tree.map()) {
    json::object out;
    for (const auto& [name, member] : *members) out[name.value] = json_of(member);
    return out;
  }
  if (const auto* items = tree.list()) {
    json::array out;
    for (const Tree& item : *items) out.push_back(json_of(item));
    return out;
  }
  return *tree.scalar();
}

Tree tree_of(const json::value& value, const Place& at) {
  if (const auto* object = value.if_object()) {
    Tree::Map members;
    for (const auto& member : *object) {
      members.emplace_back(Text{member.key(), at}, tree_of(member.value(), at));
    }
    return {std::move(members), at};
  }
  if (const auto* array = value.if_array()) {
    Tree::List items;
    for (const json::value& item : *array) items.push_back(tree_of(item, at));
    return {std::move(items), at};
  }
  return {value, at};
}

std::string text_of(const Tree& tree) {
  const json::value* leaf = tree.scalar();
  return leaf == nullptr ? std::string() : json::to_text(*leaf);
}

}  // namespace millrace::flow
