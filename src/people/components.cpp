#include "people/components.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace millrace::people {

namespace {

constexpr int64_t kQuarterMs = 900'000;

int64_t quarter_of(int64_t at) {
  return at / kQuarterMs - (at % kQuarterMs < 0 ? 1 : 0);
}

enum class Added { no, at_the_end, rewritten };

// The first of each quarter of an hour, of the latest quarters: by that rule it makes no difference
// in which order they come.
Added add_claim(std::vector<int64_t>& claims, int64_t at) {
  const auto place = std::ranges::lower_bound(claims, quarter_of(at), {}, quarter_of);
  if (place != claims.end() && quarter_of(*place) == quarter_of(at)) {
    if (*place <= at) return Added::no;
    *place = at;
    return Added::rewritten;
  }
  if (claims.size() < Link::kClaimsMax) {
    const bool is_last = place == claims.end();
    claims.insert(place, at);
    return is_last ? Added::at_the_end : Added::rewritten;
  }
  if (place == claims.begin()) return Added::no;
  claims.insert(place, at);
  claims.erase(claims.begin());
  return Added::rewritten;
}

Judgement refused(Rule rule) {
  return {Verdict::refused, rule};
}

}  // namespace

void Components::join_to(uint32_t component, NodeId node) {
  Component& into = components_[component];
  nodes_[node].component = component;
  nodes_[node].slot = static_cast<uint32_t>(into.nodes.size());
  into.nodes.reserve(into.nodes.size() + 1);
  into.nodes.push_back(node);
  if (into.partition) into.partition->add(node);
}

void Components::absorb(uint32_t into, uint32_t other) {
  Component taken = std::exchange(components_[other], Component());
  free_.push_back(other);
  components_[into].partition.reset();
  for (const NodeId node : taken.nodes) join_to(into, node);
  Component& component = components_[into];
  std::ranges::move(taken.links, std::back_inserter(component.links));
  std::ranges::move(taken.aparts, std::back_inserter(component.aparts));
  component.last_at = std::max(component.last_at, taken.last_at);
  component.is_stale = true;
}

Components::Component& Components::unite(NodeId a, NodeId b) {
  uint32_t here = nodes_[a].component;
  uint32_t there = nodes_[b].component;
  if (here == kNothing && there == kNothing) {
    if (free_.empty()) {
      here = static_cast<uint32_t>(components_.size());
      components_.emplace_back();
    } else {
      here = free_.back();
      free_.pop_back();
    }
    join_to(here, a);
    if (a != b) join_to(here, b);
    return components_[here];
  }
  if (here == kNothing) join_to(there, a);
  if (there == kNothing) join_to(here, b);
  if (here == kNothing || there == kNothing || here == there) {
    return components_[here == kNothing ? there : here];
  }
  if (components_[here].links.size() < components_[there].links.size()) std::swap(here, there);
  absorb(here, there);
  return components_[here];
}

bool Components::is_earlier(const Claim& claim, const Link& link) const {
  const auto& of_claim = words_.text(claim.source);
  const auto& of_link = words_.text(link.source);
  return std::tuple<int64_t, std::string_view, std::string_view>(claim.at, of_claim,
                                                                 claim.message_id) <
         std::tuple<int64_t, std::string_view, std::string_view>(link.at, of_link, link.message_id);
}

// Its place among the links; their number when it is none of them.
size_t Components::place_of(const Component& component, const Claim& claim) const {
  const auto found = std::ranges::find_if(component.links, [&](const Link& link) {
    return link.head == claim.head && link.other == claim.other && link.is_alias == claim.is_alias;
  });
  return static_cast<size_t>(found - component.links.begin());
}

Components::Change Components::record(Component& component, const Claim& claim) {
  Change change{.link = place_of(component, claim)};
  change.is_new = change.link == component.links.size();
  if (change.is_new) {
    component.links.reserve(component.links.size() < 4 ? component.links.size() + 1 : 0);
    component.links.push_back(
        {.head = claim.head, .other = claim.other, .is_alias = claim.is_alias});
  }
  Link& link = component.links[change.link];
  if (!change.is_new && nodes_.standing(claim.other).is_shared) {
    const int64_t later = std::max(link.at, claim.at);
    if (quarter_of(claim.at) != quarter_of(link.at)) {
      const Added added = add_claim(link.claims, later);
      change.is_claim = added != Added::no;
      change.is_rewritten = added == Added::rewritten;
    }
  }
  if (!change.is_new && !is_earlier(claim, link)) return change;
  change.is_rewritten |= !change.is_new && claim.at != link.at;
  link.kind = claim.kind;
  link.source = claim.source;
  link.at = claim.at;
  link.message_id = claim.message_id;
  return change;
}

// Whether there would be too many links.
bool Components::is_beyond(const Claim& claim) const {
  const uint32_t here = nodes_[claim.head].component;
  const uint32_t there = nodes_[claim.other].component;
  const auto links_at = [&](uint32_t at) {
    return at == kNothing ? 0 : components_[at].links.size();
  };
  const size_t links = links_at(here) + (here == there ? 0 : links_at(there));
  if (links < kLinksMax) return false;
  return here != there || here == kNothing || place_of(components_[here], claim) == links;
}

Judgement Components::connect(const Claim& claim) {
  if (is_beyond(claim)) return refused(Rule::too_many);
  Component& component = unite(claim.head, claim.other);
  return settle(component, record(component, claim), claim.at);
}

Judgement Components::settle(Component& component, const Change& change, int64_t at) {
  const Link& link = component.links[change.link];
  const bool is_in_order = at > component.last_at && !component.is_stale && !change.is_rewritten;
  if (!change.is_new && !change.is_claim && !change.is_rewritten && !component.is_stale) {
    return standing(component, link);
  }
  if (!is_in_order || (change.is_new && !component.partition)) {
    return find_anew(component, &link, at);
  }
  component.last_at = at;
  if (!component.partition) return {Verdict::known, Rule::none};
  return component.partition->apply(ground(component), link, at);
}

Judgement Components::standing(const Component& component, const Link& link) const {
  if (!component.partition) return {Verdict::known, Rule::none};
  const Judgement now = component.partition->judge(ground(component), link);
  return now.verdict == Verdict::known ? now : refused(now.rule);
}

std::vector<Components::Point> Components::points(const Component& component) const {
  std::vector<Point> points;
  for (const Link& link : component.links) {
    points.push_back({link.at, &link});
    for (const int64_t at : link.claims) points.push_back({at, &link});
  }
  std::ranges::sort(points, [&](const Point& a, const Point& b) {
    if (a.at != b.at) return a.at < b.at;
    return comes_before(nodes_, *a.link, *b.link);
  });
  return points;
}

Partition Components::walk(const Component& component, const Heard& heard) const {
  Partition partition;
  for (const NodeId node : component.nodes) partition.add(node);
  for (const Point& point : points(component)) {
    if (heard) {
      heard(*point.link, point.at, partition, partition.judge(ground(component), *point.link));
    }
    partition.apply(ground(component), *point.link, point.at);
  }
  return partition;
}

Judgement Components::find_anew(Component& component, const Link* asked, int64_t at) {
  Judgement answer;
  for (const Link& link : component.links) {
    component.last_at = std::max(component.last_at, link.at);
    if (!link.claims.empty()) component.last_at = std::max(component.last_at, link.claims.back());
  }
  auto partition = std::make_unique<Partition>(
      walk(component, [&](const Link& link, int64_t when, const Partition&, Judgement judgement) {
        if (&link == asked && when == at) answer = judgement;
      }));
  component.is_stale = false;
  answer.is_found_anew = component.partition || !partition->is_one_person();
  component.partition = partition->is_one_person() ? nullptr : std::move(partition);
  return answer;
}

}  // namespace millrace::people
