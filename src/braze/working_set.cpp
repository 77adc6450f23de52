#include "braze/working_set.hpp"

namespace millrace::braze {
namespace {

json::object occurrence_of(const EventItem& item) {
  json::object out{{"kind", "event"},
                   {"name", item.name},
                   {"time", base::to_iso8601(item.at)},
                   {"properties", item.properties}};
  if (!item.app_id.empty()) out["app_id"] = item.app_id;
  return out;
}

json::object occurrence_of(const PurchaseItem& item) {
  json::object out{{"kind", "purchase"},           {"name", item.product_id},
                   {"currency", item.currency},    {"price", item.price},
                   {"quantity", item.quantity},    {"time", base::to_iso8601(item.at)},
                   {"properties", item.properties}};
  if (!item.app_id.empty()) out["app_id"] = item.app_id;
  return out;
}

bool is_blocked(const EventItem& item, const SandboxOptions& options) {
  return options.blocked_events.contains(item.name);
}
bool is_blocked(const PurchaseItem& item, const SandboxOptions& options) {
  return options.blocked_products.contains(item.product_id);
}

}  // namespace

base::Result<base::KeyValueBatch> WorkingSet::apply(const TrackRequest& request) {
  for (const AttributesItem& item : request.attributes) {
    if (auto done = apply_attributes(item); !done) return std::unexpected(done.error());
  }
  for (const EventItem& item : request.events) {
    if (auto done = apply_occurrence(item); !done) return std::unexpected(done.error());
  }
  for (const PurchaseItem& item : request.purchases) {
    if (auto done = apply_occurrence(item); !done) return std::unexpected(done.error());
  }
  for (const auto& [id, touched] : touched_) {
    ProfileStore::write(batch_, touched.before, touched.after);
  }
  return std::move(batch_);
}

base::Result<void> WorkingSet::apply_attributes(const AttributesItem& item) {
  if (item.who.kind == Identifier::Kind::push_token) {
    // A token that is known already is left where it is.
    auto known = find(item.who);
    if (!known) return std::unexpected(known.error());
    if (*known != nullptr) return {};
  }
  auto profile = resolve(item.who, item.creates);
  if (!profile) return std::unexpected(profile.error());
  if (*profile != nullptr) (*profile)->apply(item, options_, diagnostics_);
  return {};
}

template <typename Item>
base::Result<void> WorkingSet::apply_occurrence(const Item& item) {
  if (is_blocked(item, options_)) {
    diagnostics_.add("BRZ_BLOCKLISTED", "An event or a product is on the blocklist.");
    return {};
  }
  auto found = resolve(item.who, item.creates);
  if (!found) return std::unexpected(found.error());
  Profile* profile = *found;
  if (profile == nullptr) return {};
  if (!profile->apply(item)) {
    diagnostics_.add("BRZ_PROFILE_FULL",
                     "The profile has as many different events or products as are kept; one more "
                     "was left out.");
    return {};
  }
  ++profile->occurrences;
  ProfileStore::write_occurrence(batch_, *profile, occurrence_of(item));
  return {};
}

base::Result<Profile*> WorkingSet::find(const Identifier& who) {
  Profile* best = nullptr;
  for (auto& [id, touched] : touched_) {
    const bool is_better = best == nullptr || is_meant_before(touched.after, *best);
    if (touched.after.is(who) && is_better) best = &touched.after;
  }
  auto ids = profiles_.braze_ids_of(who);
  if (!ids) return std::unexpected(ids.error());
  // What this request has touched counts as it has become, not as it is stored.
  std::erase_if(*ids, [&](const std::string& id) { return touched_.contains(id); });
  std::optional<Profile> stored;
  for (const std::string& id : *ids) {
    auto profile = profiles_.find_braze_id(id);
    if (!profile) return std::unexpected(profile.error());
    if (*profile && (!stored || is_meant_before(**profile, *stored))) stored = std::move(*profile);
  }
  if (!stored || (best != nullptr && !is_meant_before(*stored, *best))) return best;
  Profile after = *stored;
  return hold(std::move(*stored), std::move(after));
}

base::Result<Profile*> WorkingSet::resolve(const Identifier& who, Creates creates) {
  auto found = find(who);
  if (!found) return found;
  Profile* profile = *found;
  if (profile == nullptr && creates == Creates::no) {
    diagnostics_.add("BRZ_NO_SUCH_PROFILE",
                     "No profile has that identifier and none was to be created; the item was "
                     "accepted and changed nothing.");
    return nullptr;
  }
  if (profile == nullptr) profile = hold({}, profiles_.make(who, now_));
  profile->updated_at = now_;
  return profile;
}

Profile* WorkingSet::hold(Profile before, Profile after) {
  const std::string id = after.braze_id;
  return &touched_.emplace(id, Touched{std::move(before), std::move(after)}).first->second.after;
}

}  // namespace millrace::braze
