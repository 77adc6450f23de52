#include "runtime/identities.hpp"

namespace millrace::runtime {

base::Id sender_id(const Address& address) {
  const std::string app(address.app.as_bytes());
  // There were senders of the REST channel before there were other channels.
  if (address.channel == "rest") return base::Id::derived("rest", app + address.address);
  return base::Id::derived(
      "channel", app + address.environment + "\n" + address.channel + "\n" + address.address);
}

base::Result<std::optional<Joins::Link>> Joins::link_of(base::Id one, base::Id other) const {
  one = person(one);
  other = person(other);
  if (one == other) return std::nullopt;
  if (ids_of(one) + ids_of(other) > kJoinedMax) {
    return base::fail(base::Code::resource_exhausted,
                      "a person has at most " + std::to_string(kJoinedMax) + " ids");
  }
  return one < other ? Link{other, one} : Link{one, other};
}

void Joins::put(const Link& link) {
  if (!(link.to < link.consumer) || to_.contains(link.consumer)) return;
  const base::Id root = person(link.to);
  const size_t ids = ids_of(link.consumer) + ids_of(root);
  to_.emplace(link.consumer, link.to);
  ids_.erase(link.consumer);
  ids_[root] = ids;
}

std::vector<Joins::Link> Joins::links_of(base::Id consumer) const {
  const base::Id root = person(consumer);
  std::vector<Link> out;
  if (ids_of(root) == 1) return out;
  for (const auto& [from, to] : to_) {
    if (person(to) == root) out.push_back({from, to});
  }
  return out;
}

void Joins::remove(const std::vector<Link>& links) {
  if (links.empty()) return;
  ids_.erase(person(links.front().consumer));
  for (const Link& link : links) to_.erase(link.consumer);
}

std::vector<base::Id> Joins::line(base::Id consumer) const {
  std::vector<base::Id> out;
  for (auto at = to_.find(consumer); at != to_.end(); at = to_.find(at->second)) {
    out.push_back(at->second);
  }
  return out;
}

base::Id Joins::person(base::Id consumer) const {
  for (auto at = to_.find(consumer); at != to_.end(); at = to_.find(consumer)) {
    consumer = at->second;
  }
  return consumer;
}

size_t Joins::ids_of(base::Id person) const {
  const auto found = ids_.find(person);
  return found == ids_.end() ? 1 : found->second;
}

std::map<base::Id, std::set<base::Id>> Joins::people() const {
  std::map<base::Id, std::set<base::Id>> out;
  for (const auto& [consumer, to] : to_) out[person(to)].insert({consumer, person(to)});
  return out;
}

}  // namespace millrace::runtime
