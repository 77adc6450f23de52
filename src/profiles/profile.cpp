#include "profiles/profile.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "profiles/json_text.hpp"

namespace millrace::profiles {
namespace {

bool count(std::vector<Tally>& tallies, std::vector<size_t>& changed, const std::string& name,
           base::Timestamp at, int64_t times) {
  auto found = std::ranges::find(tallies, name, &Tally::name);
  if (found == tallies.end()) {
    if (tallies.size() >= kTalliesMax) return false;
    found = tallies.insert(tallies.end(), {name, at, at, 0});
  }
  const auto place = static_cast<size_t>(found - tallies.begin());
  if (std::ranges::find(changed, place) == changed.end()) changed.push_back(place);
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

}  // namespace

json::array aliases_json(const std::vector<Alias>& aliases) {
  json::array out;
  for (const Alias& alias : aliases) {
    out.push_back(json::object{{"alias_name", alias.name}, {"alias_label", alias.label}});
  }
  return out;
}

std::string Profile::email() const {
  return text_in(fields, "email");
}
std::string Profile::phone() const {
  return text_in(fields, "phone");
}

bool Profile::is(const Identifier& who) const {
  using Kind = Identifier::Kind;
  switch (who.kind) {
    case Kind::external_id:
      return external_id == who.value ||
             std::ranges::find(deprecated_ids, who.value) != deprecated_ids.end();
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
    if (token != nullptr) tokens.push_back({text_in(*token, "app_id"), text_in(*token, "token")});
  }
  return tokens;
}

bool Profile::apply(const EventItem& item) {
  return count(events, changes.events, item.name, item.at, 1);
}

bool Profile::apply(const PurchaseItem& item) {
  if (!count(purchases, changes.purchases, item.product_id, item.at, item.quantity)) return false;
  const double revenue = total_revenue + item.price * static_cast<double>(item.quantity);
  if (std::isfinite(revenue)) total_revenue = revenue;
  return true;
}

json::object Profile::to_export() const {
  json::object out{{"created_at", base::to_iso8601(created_at)}};
  if (!external_id.empty()) out["external_id"] = external_id;
  out["user_aliases"] = aliases_json(aliases);
  out["appboy_id"] = braze_id;
  out["braze_id"] = braze_id;
  out["random_bucket"] = random_bucket;
  for (const auto& field : fields) {
    const auto* list = field.value().if_array();
    if (list == nullptr || !list->empty()) out[field.key()] = field.value();
  }
  if (const auto dob = json::get_string(fields, "dob")) {
    out["dob"] = std::string(*dob) + "T00:00:00.000Z";
  }
  out["total_revenue"] = total_revenue;
  out.emplace("push_subscribe", "subscribed");
  out.emplace("email_subscribe", "subscribed");
  out["custom_attributes"] = custom;
  if (!events.empty()) out["custom_events"] = tallies_export(events);
  if (!purchases.empty()) out["purchases"] = tallies_export(purchases);
  if (!campaigns.empty()) out["campaigns_received"] = campaigns;
  if (!canvases.empty()) out["canvases_received"] = canvases;
  return out;
}

}  // namespace millrace::profiles
