// Subscription groups (reference: other-endpoints.md 8).
#include <algorithm>

#include "base/text.hpp"
#include "braze/endpoints/handlers.hpp"
#include "braze/endpoints/people.hpp"
#include "braze/endpoints/subscription_groups.hpp"
#include "braze/rules/email_addresses.hpp"
#include "braze/rules/item_values.hpp"

namespace millrace::braze {
namespace {

using Kind = Identifier::Kind;

constexpr const char* kNoSuchGroup = "Invalid subscription group ID";
constexpr const char* kBothAddresses =
    "Either an email address or a phone number should be provided, but not both.";
constexpr size_t kGroupsMax = 25;  // in one v2 request

// A text, an integer, or a list of them.
std::vector<std::string> one_or_many(const json::object& object, std::string_view name) {
  std::vector<std::string> values;
  const auto* given = object.if_contains(name);
  if (given == nullptr) return values;
  const json::array single{*given};
  for (const json::value& item : given->is_array() ? given->get_array() : single) {
    if (auto text = text_or_integer(json::object{{"v", item}}, "v")) {
      values.push_back(std::move(*text));
    }
  }
  return values;
}

struct Change {
  std::string group_id;
  std::string state;
  std::vector<Identifier> people;
};

// One change as v1 and v2 write it; the error is the message of a 400.
std::expected<Change, std::string> read_change(const json::object& object,
                                               const Workspace& workspace) {
  Change change;
  change.group_id = text_in(object, "subscription_group_id");
  if (workspace.find("subscription_groups", change.group_id) == nullptr) {
    return std::unexpected(kNoSuchGroup);
  }
  change.state = text_in(object, "subscription_state");
  if (change.state != "subscribed" && change.state != "unsubscribed") {
    return std::unexpected("Invalid subscription state");
  }
  const auto add = [&](std::initializer_list<const char*> names, Kind kind) {
    size_t added = 0;
    for (const char* name : names) {
      for (std::string& value : one_or_many(object, name)) {
        if (kind == Kind::email) value = base::to_lower(value);
        change.people.push_back({kind, std::move(value), {}});
        ++added;
      }
    }
    return added;
  };
  add({"external_id", "external_ids"}, Kind::external_id);
  const size_t emails = add({"email", "emails"}, Kind::email);
  const bool takes_all = std::ranges::all_of(change.people, [](const Identifier& who) {
    return who.kind != Kind::email || is_email(who.value);
  });
  if (!takes_all) return std::unexpected(std::string(kBadEmail));
  const size_t phones = add({"phone", "phones"}, Kind::phone);
  if (emails > 0 && phones > 0) return std::unexpected(kBothAddresses);
  if (change.people.empty()) {
    return std::unexpected("One of 'external_id', 'email' or 'phone' is required");
  }
  if (change.people.size() > kPeopleMax) {
    return std::unexpected("The max number of ids per request was exceeded");
  }
  return change;
}

base::Result<void> apply(const Change& change, World& world, base::Timestamp now,
                         Diagnostics& diagnostics) {
  for (const Identifier& who : change.people) {
    const auto found = world.profiles.find_all(who);
    if (!found) return std::unexpected(found.error());
    if (found->empty()) {
      diagnostics.add("BRZ_NO_SUCH_PROFILE", "Nobody has one of the ids or addresses.");
    }
    for (Held* held : *found) {
      set_group(world, *held, change.group_id, change.state, now);
      if (who.kind != Kind::external_id) continue;
      if (auto done = share_groups(world, *held, now); !done) return done;
    }
  }
  return {};
}

Outcome changing(std::vector<Change> changes) {
  auto outcome = success(201);
  outcome.effect = [changes = std::move(changes)](World& world, base::Timestamp now,
                                                  Diagnostics& diagnostics) -> base::Result<void> {
    for (const Change& change : changes) {
      if (auto done = apply(change, world, now, diagnostics); !done) return done;
    }
    return {};
  };
  return outcome;
}

json::array* groups_of(Profile& profile) {
  auto& value = profile.fields["subscription_groups"];
  if (!value.is_array()) value = json::array();
  return value.if_array();
}

}  // namespace

std::string group_state(const Profile& profile, std::string_view group_id) {
  const auto* groups = json::get_array(profile.fields, "subscription_groups");
  if (groups == nullptr) return "";
  for (const json::value& item : *groups) {
    const auto* group = item.if_object();
    if (group != nullptr && json::get_string(*group, "subscription_group_id") == group_id) {
      return text_in(*group, "subscription_state");
    }
  }
  return "";
}

void set_group(World& world, Held& held, std::string_view group_id, std::string_view state,
               base::Timestamp now) {
  if (group_state(held.profile, group_id) == state) return;
  json::array& groups = *groups_of(held.profile);
  const json::object entry{{"subscription_group_id", group_id}, {"subscription_state", state}};
  const auto same = std::ranges::find_if(groups, [&](const json::value& item) {
    return item.is_object() &&
           json::get_string(item.get_object(), "subscription_group_id") == group_id;
  });
  if (same == groups.end()) {
    groups.push_back(entry);
  } else {
    *same = entry;
  }
  world.profiles.rewritten(
      held, now, history_line("subscription", now, {{"name", group_id}, {"state", state}}));
}

base::Result<void> share_groups(World& world, Held& held, base::Timestamp now) {
  const std::string email = held.profile.email();
  if (email.empty()) return {};
  const auto others = world.profiles.find_all({Kind::email, email, {}});
  if (!others) return std::unexpected(others.error());
  const json::array groups = *groups_of(held.profile);
  for (Held* other : *others) {
    if (other == &held) continue;
    for (const json::value& item : groups) {
      const json::object& group = item.get_object();
      set_group(world, *other, text_in(group, "subscription_group_id"),
                text_in(group, "subscription_state"), now);
    }
  }
  return {};
}

Served set_subscription(Call& call) {
  auto change = read_change(call.body, call.world.workspace);
  if (!change) return refused(change.error());
  std::vector<Change> changes;
  changes.push_back(std::move(*change));
  return changing(std::move(changes));
}

Served set_subscriptions(Call& call) {
  const auto* groups = json::get_array(call.body, "subscription_groups");
  if (groups == nullptr || groups->empty() || groups->size() > kGroupsMax) {
    return refused("'subscription_groups' must be an array of 1 to 25 objects");
  }
  std::vector<Change> changes;
  for (const json::value& item : *groups) {
    const json::object none;
    auto change = read_change(item.is_object() ? item.get_object() : none, call.world.workspace);
    if (!change) return refused(change.error());
    changes.push_back(std::move(*change));
  }
  return changing(std::move(changes));
}

namespace {

// Whom a GET asks about; an error is the message of a 400.
std::expected<std::vector<Identifier>, std::string> asked_about(const Call& call) {
  std::vector<Identifier> people;
  for (auto& id : call.query_values("external_id")) people.push_back({Kind::external_id, id, {}});
  for (auto& email : call.query_values("email")) {
    people.push_back({Kind::email, base::to_lower(email), {}});
  }
  for (auto& phone : call.query_values("phone")) people.push_back({Kind::phone, phone, {}});
  if (people.empty()) return std::unexpected("One of external_id, email or phone is required");
  if (people.size() > kPeopleMax) {
    return std::unexpected("The max number of ids per request was exceeded");
  }
  return people;
}

std::string shown(const std::string& state) {
  if (state.empty()) return "unknown";
  return state == "subscribed" ? "Subscribed" : "Unsubscribed";
}

}  // namespace

Served get_subscription(Call& call) {
  const std::string group_id = call.query_value("subscription_group_id");
  if (call.world.workspace.find("subscription_groups", group_id) == nullptr) {
    return refused(kNoSuchGroup);
  }
  const auto people = asked_about(call);
  if (!people) return refused(people.error());
  json::object status;
  for (const Identifier& who : *people) {
    const auto held = call.world.profiles.find(who);
    if (!held) return std::unexpected(held.error());
    status[who.value] = shown(*held == nullptr ? "" : group_state((*held)->profile, group_id));
  }
  return success(200, {{"status", std::move(status)}});
}

Served user_subscriptions(Call& call) {
  const auto people = asked_about(call);
  if (!people) return refused(people.error());
  const auto limit = static_cast<size_t>(call.query_number("limit", 1, 100, 100));
  const auto offset = static_cast<size_t>(call.query_number("offset", 0, 1'000'000, 0));
  json::array users;
  size_t total = 0;
  for (const Identifier& who : *people) {
    const auto found = call.world.profiles.find_all(who);
    if (!found) return std::unexpected(found.error());
    for (const Held* held : *found) {
      if (total++ < offset || users.size() >= limit) continue;
      json::array groups;
      for (const auto& [id, group] : call.world.workspace.all("subscription_groups")) {
        const std::string state = group_state(held->profile, id);
        if (state.empty()) continue;
        const std::string channel = text_in(group, "channel");
        groups.push_back(json::object{{"id", id},
                                      {"name", text_in(group, "name")},
                                      {"channel", channel.empty() ? "email" : channel},
                                      {"status", shown(state)}});
      }
      const auto text_or_null = [](const std::string& text) {
        return text.empty() ? json::value() : json::value(text);
      };
      users.push_back(json::object{{"email", text_or_null(held->profile.email())},
                                   {"phone", text_or_null(held->profile.phone())},
                                   {"external_id", text_or_null(held->profile.external_id)},
                                   {"subscription_groups", std::move(groups)}});
    }
  }
  return success(200, {{"users", std::move(users)}, {"total_count", total}});
}

}  // namespace millrace::braze
