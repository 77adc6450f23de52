#include "braze/profile.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "braze/attributes.hpp"

namespace millrace::braze {
namespace {

std::string text_of(const json::object& object, std::string_view key) {
  return std::string(json::get_string(object, key).value_or(""));
}

void count(std::vector<Tally>& tallies, const std::string& name, base::Timestamp at,
           int64_t times) {
  auto found = std::ranges::find(tallies, name, &Tally::name);
  if (found == tallies.end()) found = tallies.insert(tallies.end(), {name, at, at, 0});
  found->first = std::min(found->first, at);
  found->last = std::max(found->last, at);
  found->count += times;
}

json::array tallies_export(const std::vector<Tally>& tallies) {
  json::array out;
  for (const Tally& tally : tallies) {
    out.push_back(json::object{{"name", tally.name},
                               {"first", base::to_iso8601(tally.first)},
                               {"last", base::to_iso8601(tally.last)},
                               {"count", tally.count}});
  }
  return out;
}

json::array tallies_json(const std::vector<Tally>& tallies) {
  json::array out;
  for (const Tally& tally : tallies) {
    out.push_back(json::array{tally.name, tally.first.ms, tally.last.ms, tally.count});
  }
  return out;
}

std::vector<Tally> tallies_from(const json::object& object, std::string_view key) {
  std::vector<Tally> tallies;
  const auto* items = json::get_array(object, key);
  for (const json::value& item : items == nullptr ? json::array() : *items) {
    const auto* parts = item.if_array();
    if (parts == nullptr || parts->size() != 4) continue;
    tallies.push_back({json::to_text((*parts)[0]),
                       {(*parts)[1].to_number<int64_t>()},
                       {(*parts)[2].to_number<int64_t>()},
                       (*parts)[3].to_number<int64_t>()});
  }
  return tallies;
}

json::array aliases_json(const std::vector<Alias>& aliases) {
  json::array out;
  for (const Alias& alias : aliases) {
    out.push_back(json::object{{"alias_name", alias.name}, {"alias_label", alias.label}});
  }
  return out;
}

}  // namespace

std::string Profile::email() const {
  return text_of(fields, "email");
}
std::string Profile::phone() const {
  return text_of(fields, "phone");
}

void Profile::apply(const AttributesItem& item, const SandboxOptions& options,
                    Diagnostics& diagnostics) {
  for (const auto& member : item.fields) {
    const std::string_view name = member.key();
    const bool reserved = is_reserved_field(name);
    json::object& into = reserved ? fields : custom;
    if (!reserved) {
      diagnostics.add("BRZ_CUSTOM_ATTRIBUTE",
                      "'" + std::string(base::utf8_prefix(name, 64)) +
                          "' is not a profile field of Braze's; it is kept as a custom attribute.");
    }
    const auto* old = into.if_contains(name);
    const auto kept = reserved ? reserved_value(name, member.value(), diagnostics)
                               : custom_value(old == nullptr ? json::value() : *old, member.value(),
                                              item.merges_objects, options, diagnostics);
    if (!kept) continue;
    if (kept->is_null()) {
      into.erase(name);
    } else {
      into[base::utf8_prefix(name, 255)] = *kept;
    }
  }
}

void Profile::apply(const EventItem& item) {
  count(events, item.name, item.at, 1);
}

void Profile::apply(const PurchaseItem& item) {
  count(purchases, item.product_id, item.at, item.quantity);
  total_revenue += item.price * static_cast<double>(item.quantity);
}

json::object Profile::to_export() const {
  json::object out{{"created_at", base::to_iso8601(created_at)},
                   {"external_id", external_id.empty() ? json::value() : json::value(external_id)},
                   {"user_aliases", aliases_json(aliases)},
                   {"appboy_id", braze_id},
                   {"braze_id", braze_id},
                   {"random_bucket", random_bucket}};
  for (const auto& field : fields) {
    if (field.key() == "dob") {
      out["dob"] = std::string(field.value().get_string()) + "T00:00:00.000Z";
    } else {
      out[field.key()] = field.value();
    }
  }
  for (const char* key : {"first_name", "last_name", "email", "dob", "home_city", "country",
                          "language", "gender", "phone", "time_zone"}) {
    out.emplace(key, nullptr);
  }
  out.emplace("email_subscribe", "subscribed");
  out.emplace("push_subscribe", "subscribed");
  out["custom_attributes"] = custom;
  out["custom_events"] = tallies_export(events);
  out["purchases"] = tallies_export(purchases);
  out["total_revenue"] = total_revenue;
  for (const char* key :
       {"devices", "push_tokens", "apps", "campaigns_received", "canvases_received"}) {
    out.emplace(key, json::array());
  }
  return out;
}

json::object Profile::to_json() const {
  return {{"braze_id", braze_id},
          {"external_id", external_id},
          {"aliases", aliases_json(aliases)},
          {"created", created_at.ms},
          {"updated", updated_at.ms},
          {"bucket", random_bucket},
          {"fields", fields},
          {"custom", custom},
          {"events", tallies_json(events)},
          {"purchases", tallies_json(purchases)},
          {"revenue", total_revenue},
          {"occurrences", occurrences}};
}

base::Result<Profile> Profile::from_json(const json::object& object) {
  Profile profile;
  profile.braze_id = text_of(object, "braze_id");
  if (profile.braze_id.empty()) {
    return base::fail(base::Code::data_loss, "a stored profile has no id", "braze sandbox");
  }
  profile.external_id = text_of(object, "external_id");
  if (const auto* aliases = json::get_array(object, "aliases")) {
    for (const json::value& item : *aliases) {
      if (const auto* alias = item.if_object()) {
        profile.aliases.push_back({text_of(*alias, "alias_name"), text_of(*alias, "alias_label")});
      }
    }
  }
  profile.created_at.ms = json::get_integer(object, "created").value_or(0);
  profile.updated_at.ms = json::get_integer(object, "updated").value_or(0);
  profile.random_bucket = json::get_integer(object, "bucket").value_or(0);
  if (const auto* fields = json::get_object(object, "fields")) profile.fields = *fields;
  if (const auto* custom = json::get_object(object, "custom")) profile.custom = *custom;
  profile.events = tallies_from(object, "events");
  profile.purchases = tallies_from(object, "purchases");
  if (const auto* revenue = object.if_contains("revenue"); revenue && revenue->is_number()) {
    profile.total_revenue = revenue->to_number<double>();
  }
  profile.occurrences = json::get_integer(object, "occurrences").value_or(0);
  return profile;
}

}  // namespace millrace::braze
