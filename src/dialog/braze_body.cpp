#include "dialog/braze_body.hpp"

#include <charconv>
#include <cmath>

#include "dialog/payload.hpp"

namespace millrace::dialog {
namespace {

constexpr std::string_view kAliasLabel = "millrace";

bool is_known(const State& state, std::string_view variable) {
  const auto found = state.variables.find(variable);
  return found != state.variables.end() && !found->second.empty();
}

// A text that is nothing but variables of which none has a value: there is nothing to send for it.
bool is_void(const flow::PayloadSlot& slot, const State& state) {
  bool any = false;
  for (const flow::Template::Part& part : slot.text.parts) {
    if (part.kind != flow::Template::Kind::variable) return false;
    if (is_known(state, part.text)) return false;
    any = true;
  }
  return any;
}

// Takes the member out that the path names; lists keep their places, with null.
void take_out(json::value& at, const json::array& path, size_t depth) {
  if (auto* object = at.if_object()) {
    const std::string_view key(path[depth].get_string());
    auto* member = object->if_contains(key);
    if (member == nullptr) return;
    if (depth + 1 == path.size()) {
      object->erase(key);
    } else {
      take_out(*member, path, depth + 1);
    }
  } else if (auto* array = at.if_array()) {
    auto& item = (*array)[static_cast<size_t>(path[depth].get_int64())];
    if (depth + 1 == path.size()) {
      item = nullptr;
    } else {
      take_out(item, path, depth + 1);
    }
  }
}

// Parameter Input filled in, without what has no value.
json::object filled(const flow::ActionNode& node, const State& state) {
  json::array none;
  json::value payload = make_payload(node, state, none);
  for (const flow::PayloadSlot& slot : node.slots) {
    if (is_void(slot, state)) take_out(payload, slot.path, 0);
  }
  return std::move(payload.get_object());
}

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

// "12" as a number, "true" and "yes" as a boolean; what does not read so stays text.
json::value typed(const json::value& value, std::string_view type) {
  const auto* text = value.if_string();
  if (text == nullptr || type == "text") return value;
  if (type == "boolean") {
    if (*text == "true" || *text == "yes" || *text == "1") return true;
    if (*text == "false" || *text == "no" || *text == "0") return false;
    return value;
  }
  const auto number = number_in(*text);
  if (!number) return value;
  constexpr double kExact = 9e15;
  if (std::floor(*number) == *number && std::abs(*number) < kExact) {
    return static_cast<int64_t>(*number);
  }
  return *number;
}

json::object alias_of(const State& state) {
  return {{"alias_name", state.consumer.to_string()}, {"alias_label", kAliasLabel}};
}

Owe identify(const std::string& key, const State& state, const json::value& external_id) {
  return {key + ":identify",
          "braze.identify",
          {{"external_id", external_id}, {"user_alias", alias_of(state)}}};
}

// A profile that only has an address is joined after it has been made.
Owe merge(const std::string& key, const State& state, const json::object& user) {
  json::object keep = user;
  keep["prioritization"] = json::array{"identified", "most_recently_updated"};
  json::object update{{"identifier_to_merge", json::object{{"user_alias", alias_of(state)}}},
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
  for (const std::string_view key : {"external_id", "user_alias", "braze_id", "email", "phone"}) {
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
      out[member.key()] = type ? typed(member.value(), *type) : member.value();
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
      if (auto* value = purchase.if_contains(key)) *value = typed(*value, "number");
    }
  }
  if (!purchases.empty()) body["purchases"] = std::move(purchases);
  return body;
}

}  // namespace

OwedList owed_by(const flow::ActionNode& node, const State& state, const std::string& key,
                 base::Timestamp at, BrazeUser& braze) {
  OwedList owed;
  json::object payload = filled(node, state);
  if (*node.native == flow::Native::braze_call) {
    json::object body{{"method", json::get_string(payload, "method").value_or("POST")},
                      {"path", json::get_string(payload, "path").value_or("")}};
    for (const std::string_view name : {"body", "query"}) {
      if (const auto* given = payload.if_contains(name)) body[name] = *given;
    }
    owed.items.push_back({key, "braze.call", std::move(body)});
    return owed;
  }
  json::object body = track_body(payload, at);
  json::object user = identifier_in(payload);
  if (user.empty()) user = braze.identifier;
  json::object options;
  if (const auto only = json::get_bool(payload, "update_existing_only")) {
    options["_update_existing_only"] = *only;
  }
  const bool anonymous = user.empty();
  if (anonymous) {
    user["user_alias"] = alias_of(state);
    // Braze makes no profile for an alias unless it is told to (users-track.md 5.4).
    if (options.empty()) options["_update_existing_only"] = false;
  } else if (braze.alias_used && user.contains("external_id")) {
    owed.items.push_back(identify(key, state, user.at("external_id")));
  }
  body["user"] = user;
  if (!options.empty()) body["options"] = std::move(options);
  owed.main = owed.items.size();
  owed.items.push_back({key, "braze.track", std::move(body)});
  if (!anonymous && braze.alias_used && (user.contains("email") || user.contains("phone"))) {
    owed.items.push_back(merge(key, state, user));
  }
  if (anonymous) {
    braze.alias_used = true;
  } else {
    braze.identifier = std::move(user);
    braze.alias_used = false;
  }
  return owed;
}

}  // namespace millrace::dialog
