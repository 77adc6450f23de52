// Values as their author wrote them, each with its place: single texts, and trees of maps and lists
// whichever notation they came from, JSON in a cell or YAML.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.hpp"

namespace millrace::flow {

// Where something stands in its file, and what its author calls it: a column's header or a key.
struct Place {
  std::string_view key;  // of static storage
  int line = 0;          // 1-based; 0: it was not written
  int position = 0;      // 1-based column of the line, in bytes
  int length = 0;        // bytes on that line; 0 when not known

  bool given() const { return line != 0; }
};

template <typename T>
struct Sourced {
  T value{};
  Place at;

  bool given() const { return at.given(); }
};
using Text = Sourced<std::string>;
using TextList = Sourced<std::vector<Text>>;

struct Tree {
  using List = std::vector<Tree>;
  struct Member;
  using Map = std::vector<Member>;  // in the order written

  std::variant<json::value, List, Map> value;  // a scalar, or what is below
  Place at;

  const json::value* scalar() const { return std::get_if<json::value>(&value); }
  const List* list() const { return std::get_if<List>(&value); }
  const Map* map() const { return std::get_if<Map>(&value); }
  // The member of a map; nullptr when there is none, or this is no map.
  const Tree* find(std::string_view name) const;
  // nullopt unless it is a text.
  std::optional<std::string_view> text() const;
};

struct Tree::Member {
  Text first;
  Tree second;
};

// The same value without places, and back with one place for all of it.
json::value json_of(const Tree& tree);
Tree tree_of(const json::value& value, const Place& at);

// A scalar as json::to_text() writes it; "" for a list or a map.
std::string text_of(const Tree& tree);

}  // namespace millrace::flow
