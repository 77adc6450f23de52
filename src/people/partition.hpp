// Which of some linked identifiers belong to one person, as their links are applied one after the
// other. A function of the links, the rules and what was split, and of nothing else; whoever
// applies them in the order of their times gets the same people whenever they arrive.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "people/nodes.hpp"

namespace millrace::people {

// Two identifiers stood in one event, or one was said to be an alias of the other.
struct Link {
  NodeId head = 0;  // which gives way last
  NodeId other = 0;
  bool is_alias = false;
  // The first event that said so.
  EventKind kind = EventKind::track;
  Word source = Words::kNone;
  int64_t at = 0;
  std::string message_id;
  // When it was said again of a device, which others may use: for the first time in each later
  // quarter of an hour, of which the latest are known.
  static constexpr size_t kClaimsMax = 64;
  std::vector<int64_t> claims;
};

// The order of links that were said at one moment.
inline bool comes_before(const Nodes& nodes, const Link& a, const Link& b) {
  if (a.head != b.head) return nodes.comes_before(a.head, b.head);
  if (a.other != b.other) return nodes.comes_before(a.other, b.other);
  return a.is_alias < b.is_alias;
}

// What an operator split: nobody has identifiers of both sides.
struct Apart {
  std::vector<NodeId> a;
  std::vector<NodeId> b;
  bool operator==(const Apart&) const = default;
};

// `switched`: the device is the other person's from then on.
enum class Verdict { known, joined, switched, refused };
// Why people are not joined. `limit`: too many identifiers of a type; `too_many`: of all types, or
// links between those whom this would concern; `identified`: both have a user_id already;
// `shared_device`: the device is somebody's who has one; `split`: an operator said so.
enum class Rule { none, limit, too_many, identified, shared_device, split };
inline constexpr auto kRules = base::enum_names<Rule>("rule", "none", "limit", "too_many",
                                                      "identified", "shared_device", "split");
struct Judgement {
  Verdict verdict = Verdict::known;
  Rule rule = Rule::none;
  bool is_found_anew = false;  // and with it who others are, whom these two are linked with
};

struct Ground {
  const Nodes& nodes;
  const Rules& rules;
  const std::vector<Apart>& aparts;
};

// An identifier and the time in which it is a person's: all times, unless it changes hands.
struct Held {
  NodeId node = 0;
  int64_t from = INT64_MIN;
  int64_t until = INT64_MAX;  // and not at that moment

  bool holds(int64_t at) const { return from <= at && at < until; }
};

class Partition {
 public:
  // An identifier, which belongs to a person from that moment on until the next of its holdings.
  struct Holding {
    NodeId node = 0;
    int64_t from = INT64_MIN;
    uint32_t person = 0;
  };

  // The next identifier, whose slot is the number of those before it. It is a person of its own.
  void add(NodeId node);
  Judgement judge(const Ground& ground, const Link& link) const;
  Judgement apply(const Ground& ground, const Link& link, int64_t at);

  const Holding& now(const Node& node) const { return holdings_[now_[node.slot]]; }
  // What a person holds and held; nothing of one who was joined to another.
  std::vector<Held> of(uint32_t person) const;
  NodeId lead(const Nodes& nodes, uint32_t person) const;
  bool is_one_person() const { return living_ == 1 && holdings_.size() == now_.size(); }

 private:
  std::vector<NodeId> nodes_of(uint32_t person) const;
  std::optional<Rule> objection(const Ground& ground, const std::vector<NodeId>& a,
                                const std::vector<NodeId>& b, bool is_alias) const;
  void absorb(uint32_t into, uint32_t other);

  std::vector<Holding> holdings_;
  std::vector<uint32_t> now_;                   // by slot: the latest holding
  std::vector<std::vector<uint32_t>> members_;  // by person: holdings
  size_t living_ = 0;
};

}  // namespace millrace::people
