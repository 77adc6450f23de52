#include "braze/endpoints/track.hpp"

#include "braze/endpoints/handlers.hpp"
#include "braze/endpoints/subscription_groups.hpp"
#include "braze/rules/apply.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kBulkObjectsMax = 1'000;
constexpr size_t kBulkBytesMax = 2 << 20;

bool is_time(const json::value& value) {
  if (!value.is_string()) return false;
  const std::string_view text(value.get_string());
  return base::parse_iso8601(text) || base::parse_iso8601_date(text);
}

// As exports of custom attributes call it.
std::string_view data_type(const json::value& value) {
  if (value.is_bool()) return "Boolean";
  if (value.is_number()) return "Number";
  if (value.is_object()) return "Object";
  if (const auto* array = value.if_array()) {
    return !array->empty() && array->front().is_object() ? "Object Array" : "Array";
  }
  return is_time(value) ? "Time" : "String";
}

// What one request does, with what it needs at hand.
class Applying {
 public:
  Applying(const SandboxOptions& options, World& world, base::Timestamp now,
           Diagnostics& diagnostics)
      : options_(options), world_(world), now_(now), diagnostics_(diagnostics) {}

  base::Result<Held*> attributes(const AttributesItem& item) {
    if (item.who.kind == Identifier::Kind::push_token) {
      // A token that is known already is left where it is.
      const auto known = world_.profiles.find(item.who);
      if (!known || *known != nullptr) return known;
    }
    const auto found = resolve(item.who, item.creates);
    if (!found || *found == nullptr) return found;
    Held& held = **found;
    const bool has_groups = item.fields.contains("subscription_groups");
    const AttributesItem filtered = has_groups ? with_known_groups(item) : AttributesItem();
    const Applied applied =
        apply(held.profile, has_groups ? filtered : item, options_, now_, diagnostics_);
    const bool in_look_ups = item.fields.contains("email") || item.fields.contains("phone") ||
                             item.fields.contains("push_tokens");
    world_.profiles.changed(held, now_, applied.line, in_look_ups);
    note_names(held.profile, applied.custom);
    if (has_groups) {
      if (auto shared = share_groups(world_, held, now_); !shared) {
        return std::unexpected(shared.error());
      }
    }
    return found;
  }

  template <typename Item>
  base::Result<void> occurrence(const Item& item) {
    if (is_blocked(item)) {
      diagnostics_.add("BRZ_BLOCKLISTED", "An event or a product is on the blocklist.");
      return {};
    }
    const auto found = resolve(item.who, item.creates);
    if (!found) return std::unexpected(found.error());
    if (*found == nullptr) return {};
    Held& held = **found;
    if (!held.profile.apply(item)) {
      diagnostics_.add("BRZ_PROFILE_FULL",
                       "The profile has as many different events or products as are kept; one "
                       "more was left out.");
      return {};
    }
    world_.profiles.changed(held, now_, history_line(item), false);
    count(item);
    return {};
  }

 private:
  // The custom attributes that the workspace has seen, by the type each had first.
  void note_names(const Profile& profile, const std::vector<std::string_view>& names) {
    for (const std::string_view name : names) {
      const auto* value = profile.custom.if_contains(name);
      if (value == nullptr || world_.workspace.find("custom_attributes", name) != nullptr) continue;
      world_.workspace.put("custom_attributes", name, {{"data_type", data_type(*value)}});
    }
  }

  bool is_blocked(const EventItem& item) const {
    return !options_.blocked_events.empty() && options_.blocked_events.contains(item.name);
  }
  bool is_blocked(const PurchaseItem& item) const {
    return !options_.blocked_products.empty() &&
           options_.blocked_products.contains(item.product_id);
  }

  void count(const EventItem& item) {
    world_.profiles.counters().add("event", item.name, day_of(item.at), 1);
  }
  void count(const PurchaseItem& item) {
    const auto times = static_cast<double>(item.quantity);
    world_.profiles.counters().add("product", item.product_id, day_of(item.at), times);
    world_.profiles.counters().add("revenue", item.product_id, day_of(item.at), item.price * times);
  }

  // Groups that the workspace has not got are left out (inferred).
  AttributesItem with_known_groups(AttributesItem item) {
    auto* groups = item.fields.at("subscription_groups").if_array();
    if (groups == nullptr) return item;
    json::array known;
    for (const json::value& group : *groups) {
      const auto* object = group.if_object();
      const auto id =
          object == nullptr ? std::nullopt : json::get_string(*object, "subscription_group_id");
      if (!id || world_.workspace.find("subscription_groups", *id) != nullptr) {
        known.push_back(group);
      } else {
        diagnostics_.add("BRZ_UNKNOWN_SUBSCRIPTION_GROUP",
                         "The workspace has no subscription group ", *id,
                         "; make it in the inspector or under /_sandbox/workspace.");
      }
    }
    *groups = std::move(known);
    return item;
  }

  // The profile to change; nullptr when there is none and none is to be made.
  base::Result<Held*> resolve(const Identifier& who, Creates creates) {
    const auto found = world_.profiles.find(who);
    if (!found || *found != nullptr) return found;
    if (creates == Creates::yes) return &world_.profiles.make(who, now_);
    diagnostics_.add("BRZ_NO_SUCH_PROFILE",
                     "No profile has that identifier and none was to be created; the item was "
                     "accepted and changed nothing.");
    return nullptr;
  }

  const SandboxOptions& options_;
  World& world_;
  const base::Timestamp now_;
  Diagnostics& diagnostics_;
};

Served serve(Call& call, size_t objects_max) {
  TrackRequest request =
      read_track(call.body, call.options, objects_max, call.now, call.diagnostics);
  if (request.too_many) {
    call.diagnostics.add("BRZ_TOO_MANY_OBJECTS", "A request may carry " +
                                                     std::to_string(request.objects_max) +
                                                     " objects; nothing of it was processed.");
    return refused("Max Input Length Exceeded");
  }
  if (request.malformed || !request.accepts_any()) return Outcome(nothing_valid(request));
  web::Response response = accepted(request);
  return Outcome(std::move(response),
                 [request = std::move(request), &options = call.options](
                     World& world, base::Timestamp now, Diagnostics& diagnostics) {
                   return apply_track(request, options, world, now, diagnostics);
                 });
}

// What users/track/sync says of the profile it has changed (reference: users-track.md 12).
json::object synchronous(const Profile& profile, const TrackRequest& request) {
  json::object user;
  if (!profile.external_id.empty()) user["external_id"] = profile.external_id;
  user["braze_id"] = profile.braze_id;
  const json::object exported = profile.to_export();
  if (!profile.aliases.empty()) user["user_aliases"] = exported.at("user_aliases");
  if (!request.attributes.empty()) user["custom_attributes"] = profile.custom;
  if (!request.events.empty()) {
    const auto* events = exported.if_contains("custom_events");
    user["custom_events"] = events == nullptr ? json::array() : *events;
  }
  if (!request.purchases.empty()) {
    json::array products;
    for (const Tally& tally : profile.purchases) {
      products.push_back(json::object{{"product_id", tally.name},
                                      {"first", base::to_iso8601(tally.first)},
                                      {"last", base::to_iso8601(tally.last)},
                                      {"count", tally.count}});
    }
    user["purchase_events"] = std::move(products);
  }
  return user;
}

}  // namespace

base::Result<Held*> apply_attributes(const AttributesItem& item, const SandboxOptions& options,
                                     World& world, base::Timestamp now, Diagnostics& diagnostics) {
  return Applying(options, world, now, diagnostics).attributes(item);
}

base::Result<void> apply_track(const TrackRequest& request, const SandboxOptions& options,
                               World& world, base::Timestamp now, Diagnostics& diagnostics) {
  Applying applying(options, world, now, diagnostics);
  for (const AttributesItem& item : request.attributes) {
    if (auto done = applying.attributes(item); !done) return std::unexpected(done.error());
  }
  for (const EventItem& item : request.events) {
    if (auto done = applying.occurrence(item); !done) return done;
  }
  for (const PurchaseItem& item : request.purchases) {
    if (auto done = applying.occurrence(item); !done) return done;
  }
  return {};
}

Served track(Call& call) {
  return serve(call, kObjectsMax);
}

Served track_bulk(Call& call) {
  if (call.request.body.size() > kBulkBytesMax) {
    call.diagnostics.add("BRZ_TOO_LARGE", "A body of users/track/bulk may have 2 MB.");
    return refused("Request Entity Too Large", 413);
  }
  return serve(call, kBulkObjectsMax);
}

Served track_sync(Call& call) {
  const TrackRequest request =
      read_track(call.body, call.options, kObjectsMax, call.now, call.diagnostics);
  if (request.objects != 1) {
    return refused("Exactly one attributes, events or purchases object is required");
  }
  if (request.malformed || !request.accepts_any()) return Outcome(nothing_valid(request));
  if (auto done = apply_track(request, call.options, call.world, call.now, call.diagnostics);
      !done) {
    return std::unexpected(done.error());
  }
  const Identifier& who = !request.attributes.empty() ? request.attributes.front().who
                          : !request.events.empty()   ? request.events.front().who
                                                      : request.purchases.front().who;
  const auto held = call.world.profiles.find(who);
  if (!held) return std::unexpected(held.error());
  json::array users;
  if (*held != nullptr) users.push_back(synchronous((*held)->profile, request));
  return success(201, {{"users", std::move(users)}});
}

}  // namespace millrace::braze
