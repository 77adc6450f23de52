#include "braze/profile.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "braze/attributes.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kCustomNameLengthMax = 255;

std::string text_of(const json::object& object, std::string_view key) {
  return std::string(json::get_string(object, key).value_or(""));
}

bool count(std::vector<Tally>& tallies, const std::string& name, base::Timestamp at,
           int64_t times) {
  auto found = std::ranges::find(tallies, name, &Tally::name);
  if (found == tallies.end()) {
    if (tallies.size() >= kTalliesMax) return false;
    found = tallies.insert(tallies.end(), {name, at, at, 0});
  }
  found->first = std::min(found->first, at);
  found->last = std::max(found->last, at);
  found->count += times;
  return true;
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
  if (items == nullptr) return tallies;
  for (const json::value& item : *items) {
    const auto* parts = item.if_array();
    if (parts == nullptr || parts->size() != 4 || !(*parts)[0].is_string()) continue;
    const auto* first = (*parts)[1].if_int64();
    const auto* last = (*parts)[2].if_int64();
    const auto* times = (*parts)[3].if_int64();
    if (first == nullptr || last == nullptr || times == nullptr) continue;
    tallies.push_back({json::to_text((*parts)[0]), {*first}, {*last}, *times});
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

bool Profile::is(const Identifier& who) const {
  using Kind = Identifier::Kind;
  switch (who.kind) {
    case Kind::external_id: return external_id == who.value;
    case Kind::braze_id: return braze_id == who.value;
    case Kind::email: return email() == who.value;
    case Kind::phone: return phone() == who.value;
    case Kind::user_alias:
      return std::ranges::any_of(aliases, [&](const Alias& alias) {
        return alias.name == who.value && alias.label == who.label;
      });
    case Kind::push_token:
      return std::ranges::any_of(push_tokens(), [&](const PushToken& token) {
        return token.token == who.value && token.app_id == who.label;
      });
  }
  return false;
}

std::vector<PushToken> Profile::push_tokens() const {
  std::vector<PushToken> tokens;
  const auto* kept = json::get_array(fields, "push_tokens");
  if (kept == nullptr) return tokens;
  for (const json::value& item : *kept) {
    const auto* token = item.if_object();
    if (token != nullptr) tokens.push_back({text_of(*token, "app_id"), text_of(*token, "token")});
  }
  return tokens;
}

void Profile::apply(const AttributesItem& item, const SandboxOptions& options,
                    Diagnostics& diagnostics) {
  for (const auto& member : item.fields) {
    if (options.blocked_attributes.contains(std::string(member.key()))) {
      diagnostics.add("BRZ_BLOCKLISTED", quoted_name(member.key()) + " is on the blocklist.");
    } else if (is_reserved_field(member.key())) {
      apply_reserved(member.key(), member.value(), diagnostics);
    } else {
      apply_custom(member.key(), member.value(), item.merges_objects, options, diagnostics);
    }
  }
}

void Profile::apply_reserved(std::string_view name, const json::value& given,
                             Diagnostics& diagnostics) {
  const auto* old = fields.if_contains(name);
  const auto kept = reserved_value(name, old == nullptr ? json::value() : *old, given, diagnostics);
  if (!kept) return;
  if (kept->is_null()) {
    fields.erase(name);
  } else {
    fields[name] = *kept;
  }
}

void Profile::apply_custom(std::string_view name, const json::value& given, bool merges_objects,
                           const SandboxOptions& options, Diagnostics& diagnostics) {
  name = base::utf8_prefix(name, kCustomNameLengthMax);
  if (name.empty()) {
    diagnostics.add("BRZ_FIELD_DROPPED", "An attribute without a name was left out.");
    return;
  }
  const auto* found = custom.if_contains(name);
  const json::value old = found == nullptr ? json::value() : *found;
  const auto kept = custom_value({name, old, given, merges_objects}, options, diagnostics);
  if (!kept) return;
  if (kept->is_null()) {
    custom.erase(name);
  } else if (found == nullptr && custom.size() >= kCustomAttributesMax) {
    diagnostics.add("BRZ_PROFILE_FULL",
                    "The profile has as many custom attributes as the sandbox "
                    "keeps; " +
                        quoted_name(name) + " was left out.");
  } else {
    diagnostics.add("BRZ_CUSTOM_ATTRIBUTE",
                    quoted_name(name) +
                        " is not a profile field of Braze's; it is kept as a custom attribute.");
    custom[name] = *kept;
  }
}

bool Profile::apply(const EventItem& item) {
  return count(events, item.name, item.at, 1);
}

bool Profile::apply(const PurchaseItem& item) {
  if (!count(purchases, item.product_id, item.at, item.quantity)) return false;
  const double revenue = total_revenue + item.price * static_cast<double>(item.quantity);
  if (std::isfinite(revenue)) total_revenue = revenue;
  return true;
}

json::object Profile::to_export() const {
  json::object out{{"created_at", base::to_iso8601(created_at)},
                   {"external_id", external_id.empty() ? json::value() : json::value(external_id)},
                   {"user_aliases", aliases_json(aliases)},
                   {"appboy_id", braze_id},
                   {"braze_id", braze_id},
                   {"random_bucket", random_bucket}};
  for (const auto& field : fields) out[field.key()] = field.value();
  if (const auto dob = json::get_string(fields, "dob")) {
    out["dob"] = std::string(*dob) + "T00:00:00.000Z";
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
