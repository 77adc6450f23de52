// Links, and the people that follow from them. Identifiers that are linked at all, also by links
// that were refused, are one component: whatever comes, nobody outside of it is concerned. A link
// that is later than all others of its component is applied to what there is; one that comes late
// has the people of its component found anew, link by link in the order of their times. So the
// order of arrival makes no difference.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "people/partition.hpp"

namespace millrace::people {

// What an event says of two identifiers.
struct Claim {
  NodeId head = 0;
  NodeId other = 0;
  bool is_alias = false;
  EventKind kind = EventKind::track;
  Word source = Words::kNone;
  std::string_view message_id;
  int64_t at = 0;
};

class Components {
 public:
  static constexpr size_t kLinksMax = 10'000;  // of a component; further ones are refused

  Components(Nodes& nodes, const Rules& rules, const Words& words)
      : nodes_(nodes), rules_(rules), words_(words) {}

  Judgement connect(const Claim& claim);
  // As connect, of what was kept.
  void restore(Link link);
  // Never again one person with identifiers of both sides, whose people are found anew.
  void separate(Apart apart);
  // Without these, and whatever linked them.
  void remove(const std::vector<NodeId>& nodes);

  // Everything that whoever has this identifier now has and had.
  std::vector<Held> person_of(NodeId node) const;
  // All that happened to whom these links concern, in order: which link, when, the people as they
  // were before, and what was decided.
  using Heard = std::function<void(const Link&, int64_t at, const Partition&, Judgement)>;
  void replay(NodeId node, const Heard& heard) const;
  // All that are linked with it, however far; itself among them.
  std::vector<NodeId> linked_with(NodeId node) const;
  // What touches any of them, who are one person.
  std::vector<const Link*> links_of(const std::vector<NodeId>& nodes) const;
  std::vector<const Apart*> aparts_of(const std::vector<NodeId>& nodes) const;
  size_t bytes() const;

 private:
  struct Component {
    std::vector<NodeId> nodes;
    std::vector<Link> links;
    std::vector<Apart> aparts;
    std::unique_ptr<Partition> partition;  // null while all of it is one person
    int64_t last_at = INT64_MIN;           // of what was applied
    bool is_stale = false;                 // the people have to be found anew
  };
  struct Change {
    size_t link = 0;
    bool is_new = false;
    bool is_claim = false;  // said before, and now again
    bool is_rewritten = false;
  };
  struct Point {
    int64_t at = 0;
    const Link* link = nullptr;
  };

  Component& unite(NodeId a, NodeId b);
  void join_to(uint32_t component, NodeId node);
  void absorb(uint32_t into, uint32_t other);
  size_t place_of(const Component& component, const Claim& claim) const;
  bool is_beyond(const Claim& claim) const;
  Change record(Component& component, const Claim& claim);
  bool is_earlier(const Claim& claim, const Link& link) const;
  Judgement settle(Component& component, const Change& change, int64_t at);
  Judgement standing(const Component& component, const Link& link) const;
  std::vector<Point> points(const Component& component) const;
  Partition walk(const Component& component, const Heard& heard) const;
  Judgement find_anew(Component& component, const Link* asked, int64_t at);
  Ground ground(const Component& component) const { return {nodes_, rules_, component.aparts}; }

  Nodes& nodes_;
  const Rules& rules_;
  const Words& words_;
  std::vector<Component> components_;
  std::vector<uint32_t> free_;
};

}  // namespace millrace::people
