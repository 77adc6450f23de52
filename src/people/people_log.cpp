// The log of who became whom, and undoing it.
#include <algorithm>
#include <utility>

#include "people/people.hpp"

namespace millrace::people {

namespace {

std::vector<NodeId> nodes_in(const std::vector<Held>& held) {
  std::vector<NodeId> nodes;
  for (const Held& one : held) {
    if (std::ranges::find(nodes, one.node) == nodes.end()) nodes.push_back(one.node);
  }
  return nodes;
}

std::vector<Held> side_of(const Partition& people, const Node& node) {
  return people.of(people.now(node).person);
}

}  // namespace

base::Id step_id(const Identifier& head, const Identifier& other, bool is_alias,
                 base::Timestamp at) {
  return base::Id::derived("step", head.type + '\n' + head.value + '\n' + other.type + '\n' +
                                       other.value + (is_alias ? "\nalias\n" : "\n") +
                                       std::to_string(at.ms));
}

Step People::step_of(const Link& link, int64_t at, const Partition& before,
                     Judgement judgement) const {
  Step step;
  step.head = nodes_.identifier(link.head);
  step.other = nodes_.identifier(link.other);
  step.at.ms = at;
  step.id = step_id(step.head, step.other, link.is_alias, step.at);
  step.rule = judgement.rule;
  const auto here = side_of(before, nodes_[link.head]);
  const auto there = side_of(before, nodes_[link.other]);
  step.kept = nodes_.identifier(lead_of(here));
  step.joined = nodes_.identifier(lead_of(there));
  step.why = link.kind;
  const std::string& source = words_.text(link.source);
  if (at == link.at) {
    step.source = source;
    step.message_id = link.message_id;
  }
  // Known before is who had another identifier, or was seen before this event.
  const Stamp now = {at, base::checksum(1, source + '\n' + link.message_id)};
  const auto was_known = [&](const std::vector<Held>& side) {
    return side.size() > 1 || nodes_[side.front().node].first_seen < now;
  };
  step.what = what_happened(judgement.verdict, was_known(here) && was_known(there));
  return step;
}

std::vector<Step> People::log(const Identifier& identifier) const {
  std::vector<Step> steps;
  const auto node = node_of(identifier);
  if (!node) return steps;
  const auto nodes = nodes_in(components_.person_of(*node));
  const auto is_theirs = [&](NodeId id) { return std::ranges::find(nodes, id) != nodes.end(); };
  components_.replay(
      *node, [&](const Link& link, int64_t at, const Partition& before, Judgement judgement) {
        if (judgement.verdict == Verdict::known) return;
        // What is refused once is refused again and again.
        if (judgement.verdict == Verdict::refused && at != link.at) return;
        if (!is_theirs(link.head) && !is_theirs(link.other)) return;
        steps.push_back(step_of(link, at, before, judgement));
      });
  return steps;
}

base::Result<std::vector<Identifier>> People::split(const Identifier& identifier,
                                                    const base::Id& step) {
  std::optional<Apart> apart;
  if (const auto node = node_of(identifier)) {
    components_.replay(
        *node, [&](const Link& link, int64_t at, const Partition& before, Judgement judgement) {
          const bool came_together =
              judgement.verdict == Verdict::joined || judgement.verdict == Verdict::switched;
          if (apart || !came_together) return;
          if (step_of(link, at, before, judgement).id != step) return;
          apart = Apart{nodes_in(side_of(before, nodes_[link.head])), {link.other}};
          if (judgement.verdict == Verdict::joined) {
            apart->b = nodes_in(side_of(before, nodes_[link.other]));
          }
          std::erase_if(apart->a, [&](NodeId id) {
            return std::ranges::find(apart->b, id) != apart->b.end();
          });
        });
  }
  if (!apart) return base::fail(base::Code::not_found, "no such step of this person");
  std::vector<NodeId> touched = apart->a;
  touched.insert(touched.end(), apart->b.begin(), apart->b.end());
  components_.separate(std::move(*apart));
  return identifiers(touched);
}

}  // namespace millrace::people
