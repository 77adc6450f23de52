#include "braze/profile.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "braze/attributes.hpp"
#include "braze/json_text.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kCustomNameLengthMax = 255;

std::string text_of(const json::object& object, std::string_view key) {
  return std::string(json::get_string(object, key).value_or(""));
}

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

void append_tally(std::string& out, const Tally& tally) {
  out += '[';
  append_json(out, std::string_view(tally.name));
  for (const int64_t number : {tally.first.ms, tally.last.ms, tally.count}) {
    out += ',';
    append_json(out, number);
  }
  out += ']';
}

void append_tallies(std::string& out, const std::vector<Tally>& tallies) {
  out += '[';
  for (const Tally& tally : tallies) {
    if (&tally != tallies.data()) out += ',';
    append_tally(out, tally);
  }
  out += ']';
}

void append_some(std::string& out, const std::vector<Tally>& tallies,
                 const std::vector<size_t>& places) {
  out += '[';
  for (const size_t& place : places) {
    if (&place != places.data()) out += ',';
    append_tally(out, tallies[place]);
  }
  out += ']';
}

void put_tallies(std::vector<Tally>& into, const std::vector<Tally>& tallies) {
  for (const Tally& tally : tallies) {
    const auto found = std::ranges::find(into, tally.name, &Tally::name);
    if (found == into.end()) {
      into.push_back(tally);
    } else {
      *found = tally;
    }
  }
}

// Sets each member of `given`, and removes those that are null.
void put_members(json::object& into, const json::object* given) {
  if (given == nullptr) return;
  for (const auto& member : *given) {
    if (member.value().is_null()) {
      into.erase(member.key());
    } else {
      into[member.key()] = member.value();
    }
  }
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

// "name":value, as it is now; null when it is gone.
void append_member(std::string& text, std::string_view name, const json::object& values) {
  append_json(text, name);
  text += ':';
  const auto* value = values.if_contains(name);
  if (value == nullptr) {
    text += "null";
  } else {
    append_json(text, *value);
  }
}

bool is_blocked(std::string_view name, const SandboxOptions& options, Diagnostics& diagnostics) {
  if (options.blocked_attributes.empty() ||
      !options.blocked_attributes.contains(std::string(name))) {
    return false;
  }
  diagnostics.add("BRZ_BLOCKLISTED", "", name, " is on the blocklist.");
  return true;
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
    if (token != nullptr) tokens.push_back({text_of(*token, "app_id"), text_of(*token, "token")});
  }
  return tokens;
}

std::string Profile::apply(const AttributesItem& item, const SandboxOptions& options,
                           base::Timestamp now, Diagnostics& diagnostics) {
  std::string line;
  const auto begin = [&](const char* part) {
    if (line.empty()) {
      line.reserve(256);
      line += R"({"kind":"attributes","time":")";
      append_time(line, now);
      line += '"';
    }
    line += part;
  };
  size_t told = 0;
  for (const auto& member : item.fields) {
    const std::string_view name(member.key());
    if (!is_reserved_field(name) || is_blocked(name, options, diagnostics)) continue;
    if (!apply_reserved(name, member.value(), diagnostics)) continue;
    begin(told++ == 0 ? R"(,"fields":{)" : ",");
    append_member(line, name, fields);
  }
  if (told > 0) line += '}';
  told = 0;
  for (const auto& member : item.fields) {
    const std::string_view name(member.key());
    if (is_reserved_field(name) || is_blocked(name, options, diagnostics)) continue;
    const auto kept = apply_custom(name, member.value(), item.merges_objects, options, diagnostics);
    if (!kept) continue;
    begin(told++ == 0 ? R"(,"custom":{)" : ",");
    append_member(line, *kept, custom);
  }
  if (told > 0) line += '}';
  if (!line.empty()) line += '}';
  return line;
}

bool Profile::apply_reserved(std::string_view name, const json::value& given,
                             Diagnostics& diagnostics) {
  const auto* old = fields.if_contains(name);
  auto kept = reserved_value(name, old == nullptr ? json::value() : *old, given, diagnostics);
  if (!kept) return false;
  if (kept->is_null()) {
    fields.erase(name);
  } else {
    fields[name] = std::move(*kept);
  }
  return true;
}

std::optional<std::string_view> Profile::apply_custom(std::string_view name,
                                                      const json::value& given, bool merges_objects,
                                                      const SandboxOptions& options,
                                                      Diagnostics& diagnostics) {
  name = base::utf8_prefix(name, kCustomNameLengthMax);
  if (name.empty()) {
    diagnostics.add("BRZ_FIELD_DROPPED", "An attribute without a name was left out.");
    return std::nullopt;
  }
  const json::value none;
  auto* found = custom.if_contains(name);
  auto kept = custom_value({name, found == nullptr ? none : *found, given, merges_objects}, options,
                           diagnostics);
  if (!kept) return std::nullopt;
  if (kept->is_null()) {
    custom.erase(name);
  } else if (found == nullptr && custom.size() >= kCustomAttributesMax) {
    diagnostics.add("BRZ_PROFILE_FULL",
                    "The profile has as many custom attributes as the sandbox keeps; ", name,
                    " was left out.");
    return std::nullopt;
  } else {
    diagnostics.add("BRZ_CUSTOM_ATTRIBUTE", "", name,
                    " is not a profile field of Braze's; it is kept as a custom attribute.");
    if (found != nullptr) {
      *found = std::move(*kept);
    } else {
      custom.emplace(name, std::move(*kept));
    }
  }
  return name;
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
  out["campaigns_received"] = campaigns;
  out["canvases_received"] = canvases;
  for (const char* key : {"devices", "push_tokens", "apps"}) out.emplace(key, json::array());
  return out;
}

void Profile::append_to(std::string& out) const {
  out += R"({"braze_id":)";
  append_json(out, std::string_view(braze_id));
  out += R"(,"external_id":)";
  append_json(out, std::string_view(external_id));
  const auto part = [&](const char* name, const json::value& value) {
    out += name;
    append_json(out, value);
  };
  if (!deprecated_ids.empty()) {
    part(R"(,"deprecated":)", json::array(deprecated_ids.begin(), deprecated_ids.end()));
  }
  if (!aliases.empty()) part(R"(,"aliases":)", aliases_json(aliases));
  part(R"(,"created":)", created_at.ms);
  part(R"(,"updated":)", updated_at.ms);
  part(R"(,"bucket":)", random_bucket);
  out += R"(,"fields":)";
  append_json(out, fields);
  out += R"(,"custom":)";
  append_json(out, custom);
  out += R"(,"events":)";
  append_tallies(out, events);
  out += R"(,"purchases":)";
  append_tallies(out, purchases);
  part(R"(,"revenue":)", total_revenue);
  if (!campaigns.empty()) part(R"(,"campaigns":)", campaigns);
  if (!canvases.empty()) part(R"(,"canvases":)", canvases);
  part(R"(,"occurrences":)", occurrences);
  out += '}';
}

void Profile::append_changes(std::string& out, std::string_view history) const {
  out += R"({"id":)";
  append_json(out, std::string_view(braze_id));
  if (changes.whole) {
    out += R"(,"whole":)";
    append_to(out);
  }
  out += R"(,"u":)";
  append_json(out, updated_at.ms);
  out += R"(,"n":)";
  append_json(out, occurrences);
  if (!changes.events.empty()) {
    out += R"(,"e":)";
    append_some(out, events, changes.events);
  }
  if (!changes.purchases.empty()) {
    out += R"(,"p":)";
    append_some(out, purchases, changes.purchases);
    out += R"(,"r":)";
    append_json(out, json::value(total_revenue));
  }
  if (!history.empty()) {
    out += R"(,"h":[)";
    out += history;
    out += ']';
  }
  out += '}';
}

void Profile::redo(const json::object& given) {
  if (const auto* whole = json::get_object(given, "whole")) {
    if (auto read = from_json(*whole)) *this = std::move(*read);
  }
  updated_at.ms = json::get_integer(given, "u").value_or(updated_at.ms);
  occurrences = json::get_integer(given, "n").value_or(occurrences);
  put_tallies(events, tallies_from(given, "e"));
  put_tallies(purchases, tallies_from(given, "p"));
  if (const auto* revenue = given.if_contains("r"); revenue != nullptr && revenue->is_number()) {
    total_revenue = revenue->to_number<double>();
  }
  const auto* history = json::get_array(given, "h");
  if (history == nullptr || given.contains("whole")) return;
  for (const json::value& item : *history) {
    const auto* line = item.if_object();
    if (line == nullptr || json::get_string(*line, "kind") != "attributes") continue;
    put_members(fields, json::get_object(*line, "fields"));
    put_members(custom, json::get_object(*line, "custom"));
  }
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
  if (const auto* old_ids = json::get_array(object, "deprecated")) {
    for (const json::value& id : *old_ids) profile.deprecated_ids.push_back(json::to_text(id));
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
  if (const auto* received = json::get_array(object, "campaigns")) profile.campaigns = *received;
  if (const auto* received = json::get_array(object, "canvases")) profile.canvases = *received;
  profile.occurrences = json::get_integer(object, "occurrences").value_or(0);
  return profile;
}

namespace {

// What events and purchases have in common, and the end of the line.
template <typename Item>
void append_rest(std::string& line, const Item& item) {
  line += R"(,"time":")";
  append_time(line, item.at);
  line += R"(","properties":)";
  if (item.properties) {
    append_json(line, *item.properties);
  } else {
    line += "{}";
  }
  if (!item.app_id.empty()) {
    line += R"(,"app_id":)";
    append_json(line, std::string_view(item.app_id));
  }
  line += '}';
}

}  // namespace

std::string history_line(const EventItem& item) {
  std::string line;
  line.reserve(256);
  line += R"({"kind":"event","name":)";
  append_json(line, std::string_view(item.name));
  append_rest(line, item);
  return line;
}

std::string history_line(const PurchaseItem& item) {
  std::string line;
  line.reserve(256);
  line += R"({"kind":"purchase","name":)";
  append_json(line, std::string_view(item.product_id));
  line += R"(,"currency":)";
  append_json(line, std::string_view(item.currency));
  line += R"(,"price":)";
  append_json(line, json::value(item.price));
  line += R"(,"quantity":)";
  append_json(line, item.quantity);
  append_rest(line, item);
  return line;
}

std::string history_line(std::string_view kind, base::Timestamp at, json::object more) {
  json::object line{{"kind", kind}, {"time", base::to_iso8601(at)}};
  for (auto& member : more) line[member.key()] = std::move(member.value());
  std::string text;
  append_json(text, line);
  return text;
}

}  // namespace millrace::braze
