#include "delivery/braze/owing.hpp"

#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "delivery/braze/identifiers.hpp"

namespace millrace::delivery::braze {
namespace {

constexpr std::string_view kAliasLabel = "millrace";

struct KnownAs {
  json::object identifier;
  bool alias_used = false;
};

KnownAs read_known(const json::value& known_as) {
  KnownAs known;
  const json::object* given = known_as.if_object();
  if (given == nullptr) return known;
  if (const auto* user = json::get_object(*given, "user")) known.identifier = *user;
  known.alias_used = json::get_bool(*given, "alias").value_or(false);
  return known;
}

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

// "12" as a number, "true" and "yes" as a boolean; nullopt for what does not read so: an attribute
// whose type changed is one that Braze's segments no longer find.
std::optional<json::value> typed(const json::value& value, std::string_view type) {
  const auto* text = value.if_string();
  if (text == nullptr || type == "text") return value;
  if (type == "boolean") {
    const std::string lower = base::to_ascii_lower(*text);
    if (lower == "true" || lower == "yes" || lower == "1") return true;
    if (lower == "false" || lower == "no" || lower == "0") return false;
    return std::nullopt;
  }
  const auto number = number_in(*text);
  if (!number) return std::nullopt;
  constexpr double kExact = 9e15;
  if (std::floor(*number) == *number && std::abs(*number) < kExact) {
    return static_cast<int64_t>(*number);
  }
  return *number;
}

json::object alias_of(base::Id consumer) {
  return {{"alias_name", consumer.to_string()}, {"alias_label", kAliasLabel}};
}

Owed identify(const std::string& key, base::Id consumer, const json::value& external_id) {
  return {key + ":identify",
          "braze.identify",
          {{"external_id", external_id}, {"user_alias", alias_of(consumer)}}};
}

// A profile that only has an address is joined after it has been made.
Owed merge(const std::string& key, base::Id consumer, const json::object& user) {
  json::object keep = user;
  keep["prioritization"] = json::array{"identified", "most_recently_updated"};
  json::object update{{"identifier_to_merge", json::object{{"user_alias", alias_of(consumer)}}},
                      {"identifier_to_keep", std::move(keep)}};
  return {key + ":merge",
          "braze.call",
          {{"method", "POST"},
           {"path", "/users/merge"},
           {"body", json::object{{"merge_updates", json::array{std::move(update)}}}}}};
}

// The identifier that the node gives, in Braze's precedence; empty when it gives none with a value.
json::object identifier_in(const json::object& payload) {
  const auto* user = json::get_object(payload, "user");
  if (user == nullptr) return {};
  for (const std::string_view key : kIdentifiers) {
    const auto* value = user->if_contains(key);
    if (value == nullptr || value->is_null()) continue;
    if (value->is_string() && value->get_string().empty()) continue;
    if (const auto* alias = value->if_object()) {
      if (!alias->contains("alias_name") || !alias->contains("alias_label")) continue;
    }
    return {{key, *value}};
  }
  return {};
}

json::array list_of(const json::object& payload, std::string_view key) {
  const auto* list = json::get_array(payload, key);
  json::array out;
  for (const json::value& item : list == nullptr ? json::array() : *list) {
    if (item.is_object()) out.push_back(item);
  }
  return out;
}

json::object track_body(const json::object& payload, base::Timestamp at) {
  json::object body;
  const auto* types = json::get_object(payload, "types");
  if (const auto* attributes = json::get_object(payload, "attributes")) {
    json::object out;
    for (const auto& member : *attributes) {
      const auto type = types == nullptr ? std::nullopt : json::get_string(*types, member.key());
      auto value = type ? typed(member.value(), *type) : member.value();
      if (value) out[member.key()] = std::move(*value);
    }
    if (!out.empty()) body["attributes"] = std::move(out);
  }
  json::array events = list_of(payload, "events");
  for (json::value& event : events) {
    if (!event.get_object().contains("time")) event.get_object()["time"] = base::to_iso8601(at);
  }
  if (!events.empty()) body["events"] = std::move(events);
  json::array purchases = list_of(payload, "purchases");
  for (json::value& item : purchases) {
    json::object& purchase = item.get_object();
    if (!purchase.contains("time")) purchase["time"] = base::to_iso8601(at);
    for (const std::string_view key : {"price", "quantity"}) {
      if (auto* value = purchase.if_contains(key))
        *value = typed(*value, "number").value_or(*value);
    }
  }
  if (!purchases.empty()) body["purchases"] = std::move(purchases);
  return body;
}

}  // namespace

Owing owe_call(const Occasion& occasion, const json::object& parameters, json::value&) {
  json::object body{{"method", json::get_string(parameters, "method").value_or("POST")},
                    {"path", json::get_string(parameters, "path").value_or("")}};
  for (const std::string_view name : {"body", "query"}) {
    if (const auto* given = parameters.if_contains(name)) body[name] = *given;
  }
  return {{{occasion.key, "braze.call", std::move(body)}}, 0};
}

Owing owe_track(const Occasion& occasion, const json::object& parameters, json::value& known_as) {
  KnownAs known = read_known(known_as);
  const auto& [key, consumer, chat, at] = occasion;
  Owing owed;
  json::object body = track_body(parameters, at);
  json::object user = identifier_in(parameters);
  if (user.empty()) user = known.identifier;
  json::object options;
  if (const auto only = json::get_bool(parameters, "update_existing_only")) {
    options["_update_existing_only"] = *only;
  }
  const bool anonymous = user.empty();
  if (anonymous) {
    user["user_alias"] = alias_of(consumer);
    // Braze makes no profile for an alias unless it is told to (users-track.md 5.4).
    if (options.empty()) options["_update_existing_only"] = false;
  } else if (known.alias_used && user.contains("external_id")) {
    owed.items.push_back(identify(key, consumer, user.at("external_id")));
  }
  body["user"] = user;
  if (!options.empty()) body["options"] = std::move(options);
  owed.main = owed.items.size();
  owed.items.push_back({key, "braze.track", std::move(body)});
  if (!anonymous && known.alias_used && (user.contains("email") || user.contains("phone"))) {
    owed.items.push_back(merge(key, consumer, user));
  }
  if (anonymous) {
    known.alias_used = true;
  } else {
    known.identifier = std::move(user);
    known.alias_used = false;
  }
  known_as = json::object{{"user", std::move(known.identifier)}, {"alias", known.alias_used}};
  return owed;
}

std::optional<Owed> owe_event(const Occasion& occasion, const Event& event, const Settings&,
                              json::value& known_as) {
  json::object told{{"name", event.name}};
  if (!event.properties.empty()) told["properties"] = event.properties;
  Owing owing =
      owe_track(occasion, json::object{{"events", json::array{std::move(told)}}}, known_as);
  return std::move(owing.items[owing.main]);
}

std::vector<json::object> names_of(const json::value& known_as, base::Id consumer) {
  std::vector<json::object> names{{{"external_id", consumer.to_string()}},
                                  {{"user_alias", alias_of(consumer)}}};
  json::object last = read_known(known_as).identifier;
  if (!last.empty()) names.push_back(std::move(last));
  return names;
}

}  // namespace millrace::delivery::braze
