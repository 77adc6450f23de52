#include "people/nodes.hpp"

#include <algorithm>
#include <tuple>

namespace millrace::people {

Nodes::Nodes(const Rules& rules) : rules_(rules), index_(0, Hash{*this}, Equal{*this}) {
  for (const auto* rows : {&rules.first, &rules.last}) {
    for (const TypeRule& row : *rows) {
      types_.push_back({row.type, standing_of(rules, row.type)});
    }
  }
}

std::optional<uint16_t> Nodes::type_named(std::string_view name) const {
  for (size_t at = 0; at < types_.size(); ++at) {
    if (types_[at].name == name) return static_cast<uint16_t>(at);
  }
  return std::nullopt;
}

std::optional<NodeId> Nodes::find(const Identifier& identifier) const {
  const auto type = type_named(identifier.type);
  if (!type) return std::nullopt;
  const auto found = index_.find(Key{*type, identifier.value});
  if (found == index_.end()) return std::nullopt;
  return *found;
}

std::optional<NodeId> Nodes::find_or_make(const Identifier& identifier) {
  if (const auto found = find(identifier)) return found;
  auto type = type_named(identifier.type);
  if (!type) {
    if (types_.size() == kTypesMax) return std::nullopt;
    type = static_cast<uint16_t>(types_.size());
    types_.push_back({identifier.type, standing_of(rules_, identifier.type)});
  }
  NodeId id = 0;
  if (free_.empty()) {
    id = static_cast<NodeId>(nodes_.size());
    nodes_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  nodes_[id].value = identifier.value;
  nodes_[id].type = *type;
  index_.insert(id);
  return id;
}

void Nodes::remove(NodeId id) {
  index_.erase(id);
  nodes_[id] = Node();
  free_.push_back(id);
}

Identifier Nodes::identifier(NodeId id) const {
  return {types_[nodes_[id].type].name, nodes_[id].value};
}

bool Nodes::comes_before(NodeId a, NodeId b) const {
  const auto place = [this](NodeId id) {
    const Type& type = types_[nodes_[id].type];
    return std::tuple<size_t, std::string_view, std::string_view>(type.standing.rank, type.name,
                                                                  nodes_[id].value);
  };
  return place(a) < place(b);
}

void Nodes::put_in_order(std::vector<NodeId>& ids) const {
  std::ranges::sort(ids, [this](NodeId a, NodeId b) { return comes_before(a, b); });
}

}  // namespace millrace::people
