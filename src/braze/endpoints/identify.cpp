// users/identify, users/alias/new and users/alias/update (reference: other-endpoints.md 1, 2).
#include <algorithm>

#include "base/text.hpp"
#include "braze/endpoints/handlers.hpp"
#include "braze/endpoints/people.hpp"
#include "braze/rules/email_addresses.hpp"
#include "braze/rules/item_values.hpp"

namespace millrace::braze {
namespace {

using Kind = Identifier::Kind;

// One profile that is to become known as `external_id`.
struct Identification {
  std::string external_id;
  Identifier who;
  Prioritization prioritization;
  bool merges = true;
};

struct Requested {
  std::vector<Identification> all;
  std::vector<ItemError> errors;
  json::object counts;
};

// Gives the profile its id, or lays it over the one that has the id already.
base::Result<void> identify_one(World& world, const Identification& item, base::Timestamp now,
                                Diagnostics& diagnostics) {
  const auto found = item.who.kind == Kind::user_alias
                         ? world.profiles.find(item.who)
                         : find_prioritized(world, item.who, item.prioritization);
  if (!found) return std::unexpected(found.error());
  Held* anonymous = *found;
  if (anonymous == nullptr) {
    diagnostics.add("BRZ_NO_SUCH_PROFILE",
                    "No one profile has that alias or address; it was counted and nothing was "
                    "identified.");
    return {};
  }
  if (!anonymous->profile.external_id.empty()) return {};
  const auto known = world.profiles.find({Kind::external_id, item.external_id, {}});
  if (!known) return std::unexpected(known.error());
  if (*known == nullptr) {
    anonymous->profile.external_id = item.external_id;
    world.profiles.rewritten(*anonymous, now,
                             history_line("identified", now, {{"name", item.external_id}}));
    return {};
  }
  Held& target = **known;
  const auto has_label = [&](std::string_view label) {
    return std::ranges::find(target.profile.aliases, label, &Alias::label) !=
           target.profile.aliases.end();
  };
  if (item.who.kind == Kind::user_alias && has_label(item.who.label)) {
    diagnostics.add("BRZ_ALIAS_LABEL_TAKEN",
                    "The identified profile has an alias with that label already; the two were "
                    "not combined.");
    return {};
  }
  if (item.merges) {
    merge_profiles(world, target, *anonymous, now);
    return {};
  }
  for (const Alias& alias : anonymous->profile.aliases) {
    if (!has_label(alias.label)) target.profile.aliases.push_back(alias);
  }
  world.profiles.remove(*anonymous);
  world.profiles.rewritten(target, now, history_line("identified", now, {}));
  return {};
}

// The items of one list; false when it is no list or too long.
bool read_items(Call& call, std::string_view list, std::string_view count, Requested& requested,
                std::expected<Identification, std::string> (*read)(const json::object&)) {
  const auto* given = call.body.if_contains(list);
  if (given == nullptr) return true;
  const auto* items = given->if_array();
  if (items == nullptr || items->size() > kPeopleMax) return false;
  int64_t processed = 0;
  for (size_t i = 0; i < items->size(); ++i) {
    const auto* object = (*items)[i].if_object();
    auto item = object == nullptr ? std::unexpected(std::string("'external_id' is required"))
                                  : read(*object);
    if (!item) {
      requested.errors.push_back({item.error(), "user_identifiers", static_cast<int64_t>(i)});
      continue;
    }
    ++processed;
    requested.all.push_back(std::move(*item));
  }
  if (processed > 0) requested.counts[count] = processed;
  return true;
}

std::expected<Identification, std::string> read_alias_item(const json::object& item) {
  const auto external_id = text_or_integer(item, "external_id");
  if (!external_id) return std::unexpected("'external_id' is required");
  const auto* alias = item.if_contains("user_alias");
  const auto read = alias == nullptr ? std::nullopt : alias_of(*alias);
  if (!read) return std::unexpected("'user_alias' is required");
  return Identification{*external_id, {Kind::user_alias, read->name, read->label}, {}};
}

std::expected<Identification, std::string> read_address_item(const json::object& item,
                                                             const char* field, Kind kind) {
  const auto external_id = text_or_integer(item, "external_id");
  if (!external_id) return std::unexpected("'external_id' is required");
  const auto address = text_or_integer(item, field);
  if (!address) return std::unexpected("'" + std::string(field) + "' is required");
  if (kind == Kind::email && !is_email(*address)) return std::unexpected(std::string(kBadEmail));
  auto prioritization = Prioritization::of(item);
  if (!prioritization) return std::unexpected(prioritization.error());
  const std::string value = kind == Kind::email ? base::to_lower(*address) : *address;
  return Identification{*external_id, {kind, value, {}}, std::move(*prioritization)};
}

std::expected<Identification, std::string> read_email_item(const json::object& item) {
  return read_address_item(item, "email", Kind::email);
}
std::expected<Identification, std::string> read_phone_item(const json::object& item) {
  return read_address_item(item, "phone", Kind::phone);
}

}  // namespace

Served identify(Call& call) {
  Requested requested;
  const bool lists =
      read_items(call, "aliases_to_identify", "aliases_processed", requested, read_alias_item) &&
      read_items(call, "emails_to_identify", "emails_processed", requested, read_email_item) &&
      read_items(call, "phone_numbers_to_identify", "phone_numbers_processed", requested,
                 read_phone_item);
  if (!lists) return refused(kTooManyIds);
  if (requested.all.empty()) {
    json::object body{{"message",
                       "Valid data must be provided in the 'aliases_to_identify', "
                       "'emails_to_identify', or 'phone_numbers_to_identify' fields."}};
    if (!requested.errors.empty()) body["errors"] = errors_json(requested.errors);
    return Outcome(json_answer(400, body));
  }
  const bool merges = json::get_string(call.body, "merge_behavior") != "none";
  for (Identification& item : requested.all) item.merges = merges;
  json::object body = std::move(requested.counts);
  body["message"] = "success";
  if (!requested.errors.empty()) body["errors"] = errors_json(requested.errors);
  return Outcome(json_answer(201, body),
                 [all = std::move(requested.all)](World& world, base::Timestamp now,
                                                  Diagnostics& diagnostics) -> base::Result<void> {
                   for (const Identification& item : all) {
                     if (auto done = identify_one(world, item, now, diagnostics); !done) {
                       return done;
                     }
                   }
                   return {};
                 });
}

namespace {

struct NewAlias {
  std::optional<std::string> external_id;
  Alias alias;
};

base::Result<void> add_alias(World& world, const NewAlias& item, base::Timestamp now,
                             Diagnostics& diagnostics) {
  const Identifier who{Kind::user_alias, item.alias.name, item.alias.label};
  const auto taken = world.profiles.find(who);
  if (!taken) return std::unexpected(taken.error());
  if (*taken != nullptr) {
    diagnostics.add("BRZ_ALIAS_TAKEN", "A profile has that alias already; nothing was changed.");
    return {};
  }
  if (!item.external_id) {
    Held& made = world.profiles.make(who, now);
    world.profiles.rewritten(made, now, "");
    return {};
  }
  const auto found = world.profiles.find({Kind::external_id, *item.external_id, {}});
  if (!found) return std::unexpected(found.error());
  if (*found == nullptr) {
    diagnostics.add("BRZ_NO_SUCH_PROFILE",
                    "No profile has that external_id; the alias was not added.");
    return {};
  }
  auto& aliases = (*found)->profile.aliases;
  if (std::ranges::find(aliases, item.alias.label, &Alias::label) != aliases.end()) {
    diagnostics.add("BRZ_ALIAS_LABEL_TAKEN",
                    "The profile has an alias with that label already; nothing was changed.");
    return {};
  }
  aliases.push_back(item.alias);
  world.profiles.rewritten(**found, now, history_line("alias", now, {{"name", item.alias.name}}));
  return {};
}

// The list of a request about aliases; nullptr when it is none or too long.
const json::array* alias_list(const Call& call, std::string_view name) {
  const auto* items = json::get_array(call.body, name);
  return items == nullptr || items->empty() || items->size() > kPeopleMax ? nullptr : items;
}

std::string invalid_list(std::string_view name) {
  return "'" + std::string(name) + "' must be an array of 1 to 50 objects";
}

}  // namespace

Served alias_new(Call& call) {
  const auto* items = alias_list(call, "user_aliases");
  if (items == nullptr) return refused(invalid_list("user_aliases"));
  std::vector<NewAlias> fresh;
  for (const json::value& item : *items) {
    if (const auto alias = alias_of(item)) {
      fresh.push_back({text_or_integer(item.get_object(), "external_id"), *alias});
    } else {
      // Recorded: Braze counts the wrong shape too.
      call.diagnostics.add("BRZ_ALIAS_SHAPE",
                           "Each of user_aliases is {\"external_id\", \"alias_name\", "
                           "\"alias_label\"}, with nothing around it; this one was counted and "
                           "added nothing.");
    }
  }
  auto response = success(201, {{"aliases_processed", items->size()}});
  response.effect = [fresh = std::move(fresh)](World& world, base::Timestamp now,
                                               Diagnostics& diagnostics) -> base::Result<void> {
    for (const NewAlias& item : fresh) {
      if (auto done = add_alias(world, item, now, diagnostics); !done) return done;
    }
    return {};
  };
  return response;
}

Served alias_update(Call& call) {
  const auto* items = alias_list(call, "alias_updates");
  if (items == nullptr) return refused(invalid_list("alias_updates"));
  struct Update {
    std::string label, from, to;
  };
  std::vector<Update> updates;
  for (const json::value& item : *items) {
    const json::object none;
    const auto& object = item.is_object() ? item.get_object() : none;
    Update update{text_in(object, "alias_label"), text_in(object, "old_alias_name"),
                  text_in(object, "new_alias_name")};
    const bool is_good = !update.label.empty() && !update.from.empty() && !update.to.empty() &&
                         (update.label + update.to).find('\0') == std::string::npos;
    if (is_good) {
      updates.push_back(std::move(update));
    } else {
      call.diagnostics.add("BRZ_ALIAS_SHAPE",
                           "Each of alias_updates needs alias_label, old_alias_name and "
                           "new_alias_name.");
    }
  }
  auto response = success(201, {{"aliases_processed", items->size()}});
  response.effect = [updates = std::move(updates)](World& world, base::Timestamp now,
                                                   Diagnostics& diagnostics) -> base::Result<void> {
    for (const Update& update : updates) {
      const auto held = world.profiles.find({Kind::user_alias, update.from, update.label});
      if (!held) return std::unexpected(held.error());
      const auto taken = world.profiles.find({Kind::user_alias, update.to, update.label});
      if (!taken) return std::unexpected(taken.error());
      if (*held == nullptr || *taken != nullptr) {
        diagnostics.add("BRZ_ALIAS_NOT_CHANGED",
                        "No profile has the old alias, or one has the new alias already.");
        continue;
      }
      for (Alias& alias : (*held)->profile.aliases) {
        if (alias.name == update.from && alias.label == update.label) alias.name = update.to;
      }
      world.profiles.rewritten(**held, now, history_line("alias", now, {{"name", update.to}}));
    }
    return {};
  };
  return response;
}

}  // namespace millrace::braze
