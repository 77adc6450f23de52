// People as they are kept: a row for each identifier, with what was done under it, the links in
// which it is the one that gives way, and what was split that concerns it. Who is one person is not
// written down: it follows from the links, so it cannot contradict them.
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

base::Result<Link> read_link(Nodes& nodes, Words& words, NodeId other, const json::object& kept) {
  const auto head = read_node(nodes, kept.if_contains("head"));
  const auto kind = kEventKinds.find(json::get_string(kept, "kind").value_or(""));
  const auto at = json::get_integer(kept, "at");
  if (!head || *head == other || !kind || !at) return not_understood("links");
  Link link{.head = *head, .other = other, .kind = *kind, .at = *at};
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
  nodes.put_in_order(side);
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

// What is known under the identifier itself; its number.
base::Result<NodeId> restore_node(Nodes& nodes, Words& words, const json::object& kept) {
  const auto id = read_node(nodes, kept.if_contains("is"));
  const auto seen = read_stamp(kept.if_contains("seen"));
  if (!id || !seen) return not_understood("identifiers");
  Node& node = nodes[*id];
  node.first_seen = std::min(node.first_seen, *seen);
  base::Result<void> read;
  if (const json::object* facts = json::get_object(kept, "facts")) {
    if (!node.facts) node.facts = std::make_unique<Facts>();
    read = read_facts(*facts, *node.facts, words);
  }
  if (const json::object* trail = json::get_object(kept, "trail"); trail && read) {
    if (!node.trail) node.trail = std::make_unique<Trail>();
    read = read_trail(*trail, *node.trail, words);
  }
  if (!read) return std::unexpected(std::move(read.error()));
  return *id;
}

base::Result<void> restore_links(Nodes& nodes, Words& words, Components& components, NodeId node,
                                 const json::object& kept) {
  const auto links = objects_of(kept, "links", Components::kLinksMax);
  if (!links) return std::unexpected(links.error());
  for (const json::object* one : *links) {
    auto link = read_link(nodes, words, node, *one);
    if (!link) return std::unexpected(std::move(link.error()));
    components.restore(std::move(*link));
  }
  const auto aparts = objects_of(kept, "apart", Components::kLinksMax);
  if (!aparts) return std::unexpected(aparts.error());
  for (const json::object* one : *aparts) {
    auto a = read_side(nodes, one->if_contains("a"));
    auto b = read_side(nodes, one->if_contains("b"));
    if (!a) return std::unexpected(std::move(a.error()));
    if (!b) return std::unexpected(std::move(b.error()));
    components.separate({std::move(*a), std::move(*b)});
  }
  return {};
}

json::object write_row(const Nodes& nodes, const Words& words, const Components& components,
                       NodeId id) {
  json::object row = {{"is", write_identifier(nodes.identifier(id))},
                      {"seen", write_stamp(nodes[id].first_seen)}};
  if (nodes[id].facts) row["facts"] = write_facts(*nodes[id].facts, words);
  if (nodes[id].trail) row["trail"] = write_trail(*nodes[id].trail, words);
  auto links = components.links_of({id});
  std::erase_if(links, [&](const Link* link) { return link->other != id; });
  std::ranges::sort(links,
                    [&](const Link* a, const Link* b) { return comes_before(nodes, *a, *b); });
  json::array links_kept;
  for (const Link* link : links) links_kept.push_back(write_link(nodes, words, *link));
  if (!links.empty()) row["links"] = std::move(links_kept);
  std::vector<json::object> aparts = write_aparts(nodes, components.aparts_of({id}));
  if (!aparts.empty()) row["apart"] = json::array(aparts.begin(), aparts.end());
  return row;
}

}  // namespace

json::object People::keep_rows(const std::vector<NodeId>& nodes) const {
  json::array rows;
  for (const NodeId id : nodes) rows.push_back(write_row(nodes_, words_, components_, id));
  return {{"v", kVersion}, {"identifiers", std::move(rows)}};
}

json::object People::keep(const Identifier& identifier) const {
  const auto node = node_of(identifier);
  if (!node) return {};
  return keep_rows(held_now(components_.person_of(*node)));
}

json::object People::keep_one(const Identifier& identifier) const {
  const auto node = node_of(identifier);
  return node ? keep_rows({*node}) : json::object();
}

base::Result<void> People::restore(const json::object& kept) {
  if (json::get_integer(kept, "v") != kVersion) return not_understood("v");
  const auto rows = objects_of(kept, "identifiers", kIdentifiersMax);
  if (!rows) return std::unexpected(rows.error());
  for (const json::object* row : *rows) {
    const auto node = restore_node(nodes_, words_, *row);
    if (!node) return std::unexpected(node.error());
    if (auto done = restore_links(nodes_, words_, components_, *node, *row); !done) return done;
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
