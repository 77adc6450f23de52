// People as they are kept: for each person the identifiers they have now, what was done under each,
// and every link that touches one. Who is one person is not written down: it follows from the
// links, so it cannot contradict them. A link between two people is kept with both, and a device
// that changes hands with whoever has it.
#include <algorithm>
#include <utility>

#include "people/kept_facts.hpp"
#include "people/people.hpp"

namespace millrace::people {

namespace {

constexpr int64_t kVersion = 1;
constexpr size_t kIdentifiersMax = 1'000;  // more than any rule lets somebody have

std::unexpected<base::Error> not_understood(std::string_view member) {
  return base::fail(base::Code::data_loss,
                    "a kept person's '" + std::string(member) + "' is not understood");
}

json::array write_identifier(const Identifier& identifier) {
  return {identifier.type, identifier.value};
}

// Short enough to have been one: everything else is damage.
std::optional<Identifier> read_identifier(const json::value* kept) {
  const json::array* pair = kept ? kept->if_array() : nullptr;
  if (!pair || pair->size() != 2 || !(*pair)[0].is_string() || !(*pair)[1].is_string()) {
    return std::nullopt;
  }
  Identifier identifier{std::string((*pair)[0].get_string()), std::string((*pair)[1].get_string())};
  const bool is_one = !identifier.type.empty() && identifier.type.size() <= kTypeBytesMax &&
                      !identifier.value.empty() && identifier.value.size() <= kIdentifierBytesMax;
  return is_one ? std::optional(std::move(identifier)) : std::nullopt;
}

json::object write_link(const Nodes& nodes, const Words& words, const Link& link) {
  json::object out = {{"head", write_identifier(nodes.identifier(link.head))},
                      {"other", write_identifier(nodes.identifier(link.other))},
                      {"kind", kEventKinds(link.kind)},
                      {"source", words.text(link.source)},
                      {"id", link.message_id},
                      {"at", link.at}};
  if (link.is_alias) out["alias"] = true;
  if (!link.claims.empty()) out["claims"] = json::array(link.claims.begin(), link.claims.end());
  return out;
}

std::optional<NodeId> read_node(Nodes& nodes, const json::value* kept) {
  const auto identifier = read_identifier(kept);
  return identifier ? nodes.find_or_make(*identifier) : std::nullopt;
}

base::Result<Link> read_link(Nodes& nodes, Words& words, const json::object& kept) {
  const auto head = read_node(nodes, kept.if_contains("head"));
  const auto other = read_node(nodes, kept.if_contains("other"));
  const auto kind = kEventKinds.find(json::get_string(kept, "kind").value_or(""));
  const auto at = json::get_integer(kept, "at");
  if (!head || !other || *head == *other || !kind || !at) return not_understood("links");
  Link link{.head = *head, .other = *other, .kind = *kind, .at = *at};
  link.is_alias = json::get_bool(kept, "alias").value_or(false);
  link.source = words.learn(json::get_string(kept, "source").value_or(""));
  link.message_id = json::get_string(kept, "id").value_or("");
  const json::array* claims = json::get_array(kept, "claims");
  for (const json::value& claim : claims ? *claims : json::array()) {
    if (!claim.is_int64() || link.claims.size() == Link::kClaimsMax)
      return not_understood("claims");
    link.claims.push_back(claim.get_int64());
  }
  return link;
}

json::array write_side(const Nodes& nodes, std::vector<NodeId> side) {
  std::ranges::sort(side, [&](NodeId a, NodeId b) { return nodes.comes_before(a, b); });
  json::array out;
  for (const NodeId node : side) out.push_back(write_identifier(nodes.identifier(node)));
  return out;
}

std::vector<json::object> write_aparts(const Nodes& nodes,
                                       const std::vector<const Apart*>& aparts) {
  std::vector<json::object> out;
  for (const Apart* apart : aparts) {
    out.push_back({{"a", write_side(nodes, apart->a)}, {"b", write_side(nodes, apart->b)}});
  }
  std::ranges::sort(out, {}, [](const json::object& one) { return json::serialize(one); });
  return out;
}

base::Result<std::vector<NodeId>> read_side(Nodes& nodes, const json::value* kept) {
  std::vector<NodeId> side;
  if (!kept || !kept->is_array()) return not_understood("apart");
  for (const json::value& one : kept->get_array()) {
    const auto node = read_node(nodes, &one);
    if (!node) return not_understood("apart");
    side.push_back(*node);
  }
  return side;
}

// The objects of a member that may be missing. Error: it holds something else.
base::Result<std::vector<const json::object*>> objects_of(const json::object& kept,
                                                          std::string_view name, size_t max) {
  std::vector<const json::object*> objects;
  const json::value* found = kept.if_contains(name);
  if (!found) return objects;
  if (!found->is_array() || found->get_array().size() > max) return not_understood(name);
  for (const json::value& one : found->get_array()) {
    if (!one.is_object()) return not_understood(name);
    objects.push_back(&one.get_object());
  }
  return objects;
}

base::Result<void> restore_node(Nodes& nodes, Words& words, const json::object& kept) {
  const auto id = read_node(nodes, kept.if_contains("is"));
  const auto seen = read_stamp(kept.if_contains("seen"));
  if (!id || !seen) return not_understood("identifiers");
  Node& node = nodes[*id];
  node.first_seen = std::min(node.first_seen, *seen);
  if (const json::object* facts = json::get_object(kept, "facts")) {
    if (!node.facts) node.facts = std::make_unique<Facts>();
    if (auto read = read_facts(*facts, *node.facts, words); !read) return read;
  }
  if (const json::object* trail = json::get_object(kept, "trail")) {
    if (!node.trail) node.trail = std::make_unique<Trail>();
    if (auto read = read_trail(*trail, *node.trail, words); !read) return read;
  }
  return {};
}

}  // namespace

json::object People::keep(const Identifier& identifier) const {
  const auto node = node_of(identifier);
  if (!node) return {};
  const std::vector<NodeId> now = held_now(components_.person_of(*node));
  json::array identifiers;
  for (const NodeId id : now) {
    json::object row = {{"is", write_identifier(nodes_.identifier(id))},
                        {"seen", write_stamp(nodes_[id].first_seen)}};
    if (nodes_[id].facts) row["facts"] = write_facts(*nodes_[id].facts, words_);
    if (nodes_[id].trail) row["trail"] = write_trail(*nodes_[id].trail, words_);
    identifiers.push_back(std::move(row));
  }
  json::object out = {{"v", kVersion}, {"identifiers", std::move(identifiers)}};
  auto links = components_.links_of(now);
  std::ranges::sort(links,
                    [this](const Link* a, const Link* b) { return comes_before(nodes_, *a, *b); });
  json::array links_kept;
  for (const Link* link : links) links_kept.push_back(write_link(nodes_, words_, *link));
  if (!links.empty()) out["links"] = std::move(links_kept);
  std::vector<json::object> aparts = write_aparts(nodes_, components_.aparts_of(now));
  if (!aparts.empty()) out["apart"] = json::array(aparts.begin(), aparts.end());
  return out;
}

base::Result<void> People::restore(const json::object& kept) {
  if (json::get_integer(kept, "v") != kVersion) return not_understood("v");
  const auto identifiers = objects_of(kept, "identifiers", kIdentifiersMax);
  const auto links = objects_of(kept, "links", Components::kLinksMax);
  const auto aparts = objects_of(kept, "apart", Components::kLinksMax);
  if (!identifiers) return std::unexpected(identifiers.error());
  if (!links) return std::unexpected(links.error());
  if (!aparts) return std::unexpected(aparts.error());
  for (const json::object* one : *identifiers) {
    if (auto done = restore_node(nodes_, words_, *one); !done) return done;
  }
  for (const json::object* one : *links) {
    auto link = read_link(nodes_, words_, *one);
    if (!link) return std::unexpected(std::move(link.error()));
    components_.restore(std::move(*link));
  }
  for (const json::object* one : *aparts) {
    auto a = read_side(nodes_, one->if_contains("a"));
    auto b = read_side(nodes_, one->if_contains("b"));
    if (!a) return std::unexpected(std::move(a.error()));
    if (!b) return std::unexpected(std::move(b.error()));
    components_.separate({std::move(*a), std::move(*b)});
  }
  return {};
}

size_t People::bytes() const {
  size_t sum = components_.bytes();
  for (const NodeId id : nodes_.all()) {
    const Node& node = nodes_[id];
    // A string of up to 15 bytes lies in the node itself.
    sum += sizeof(Node) + 6 + (node.value.size() > 15 ? node.value.capacity() + 1 : 0);
    if (node.facts) sum += bytes_of(*node.facts);
    if (node.trail) sum += bytes_of(*node.trail);
  }
  return sum;
}

}  // namespace millrace::people
