// The identifiers that are known, each under a number, with what was done under it. A number is
// used again when its identifier is forgotten.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "people/facts.hpp"
#include "people/identifiers.hpp"
#include "people/rules.hpp"
#include "people/stamp.hpp"

namespace millrace::people {

using NodeId = uint32_t;
inline constexpr uint32_t kNothing = UINT32_MAX;

struct Node {
  std::string value;
  uint16_t type = 0;              // which of the types that are known
  uint32_t component = kNothing;  // kNothing: linked to nobody
  uint32_t slot = 0;              // its place there
  Stamp first_seen = kNeverYet;
  std::unique_ptr<Facts> facts;  // null: nothing; of what never changes hands
  std::unique_ptr<Trail> trail;  // null: nothing; of what may
};

class Nodes {
 public:
  static constexpr size_t kTypesMax = 64;

  // The types that have a rule of their own are there from the beginning.
  explicit Nodes(const Rules& rules);
  Nodes(const Nodes&) = delete;

  std::optional<NodeId> find(const Identifier& identifier) const;
  // nullopt when there are kTypesMax types and this is a further one.
  std::optional<NodeId> find_or_make(const Identifier& identifier);
  void remove(NodeId id);

  Node& operator[](NodeId id) { return nodes_[id]; }
  const Node& operator[](NodeId id) const { return nodes_[id]; }
  Identifier identifier(NodeId id) const;
  const Standing& standing(NodeId id) const { return types_[nodes_[id].type].standing; }
  bool is_user(NodeId id) const { return types_[nodes_[id].type].name == kUserId; }
  // The order in which identifiers stand for a person: what gives way last comes first.
  bool comes_before(NodeId a, NodeId b) const;
  void put_in_order(std::vector<NodeId>& ids) const;
  size_t size() const { return index_.size(); }
  // Of all that are there.
  std::vector<NodeId> all() const { return {index_.begin(), index_.end()}; }

 private:
  struct Type {
    std::string name;
    Standing standing;
  };
  struct Key {
    uint16_t type = 0;
    std::string_view value;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    using is_transparent = void;
    const Nodes& nodes;
    size_t operator()(const Key& key) const {
      return std::hash<std::string_view>()(key.value) + key.type * size_t{0x9e3779b97f4a7c15};
    }
    size_t operator()(NodeId id) const { return (*this)(nodes.key(id)); }
  };
  struct Equal {
    using is_transparent = void;
    const Nodes& nodes;
    bool operator()(NodeId a, NodeId b) const { return a == b; }
    bool operator()(const Key& key, NodeId id) const { return key == nodes.key(id); }
    bool operator()(NodeId id, const Key& key) const { return key == nodes.key(id); }
  };
  Key key(NodeId id) const { return {nodes_[id].type, nodes_[id].value}; }
  std::optional<uint16_t> type_named(std::string_view name) const;

  const Rules& rules_;
  std::vector<Type> types_;
  std::deque<Node> nodes_;  // which stay where they are
  std::vector<NodeId> free_;
  boost::unordered_flat_set<NodeId, Hash, Equal> index_;
};

}  // namespace millrace::people
