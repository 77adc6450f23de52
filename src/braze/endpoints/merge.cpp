// users/merge and users/delete (reference: other-endpoints.md 3, 4).
#include <algorithm>

#include "base/text.hpp"
#include "braze/endpoints/handlers.hpp"
#include "braze/endpoints/people.hpp"
#include "braze/rules/item_values.hpp"

namespace millrace::braze {
namespace {

using Kind = Identifier::Kind;

constexpr const char* kNoList = "'merge_updates' must be an array of objects";
constexpr const char* kTooManyMerges =
    "a single request may not contain more than 50 merge updates";
constexpr const char* kBadMembers =
    "'merge_updates' must only have 'identifier_to_merge' and 'identifier_to_keep'";
constexpr const char* kBadIdentifiers =
    "identifiers must be objects with an 'external_id' property that is a string, 'user_alias' "
    "property that is an object, 'email' property that is a string, or 'phone' property that is a "
    "string";

// Somebody, and which of several with one address.
struct Person {
  Identifier who;
  std::optional<Prioritization> prioritization;
};

std::expected<Person, std::string> read_person(const json::value* value) {
  const auto* object = value == nullptr ? nullptr : value->if_object();
  if (object == nullptr) return std::unexpected(kBadIdentifiers);
  if (const auto id = json::get_string(*object, "external_id"); id && !id->empty()) {
    return Person{{Kind::external_id, std::string(*id), {}}, std::nullopt};
  }
  if (const auto* alias = object->if_contains("user_alias")) {
    const auto read = alias_of(*alias);
    if (!read) return std::unexpected(kBadIdentifiers);
    return Person{{Kind::user_alias, read->name, read->label}, std::nullopt};
  }
  for (const auto& [name, kind] : {std::pair("email", Kind::email), {"phone", Kind::phone}}) {
    const auto address = json::get_string(*object, name);
    if (!address || address->empty()) continue;
    Person person{
        {kind, kind == Kind::email ? base::to_lower(*address) : std::string(*address), {}},
        std::nullopt};
    if (object->contains("prioritization")) {
      auto read = Prioritization::of(*object);
      if (!read) return std::unexpected(read.error());
      person.prioritization = std::move(*read);
    }
    return person;
  }
  return std::unexpected(kBadIdentifiers);
}

base::Result<Held*> find_person(World& world, const Person& person) {
  if (person.prioritization) return find_prioritized(world, person.who, *person.prioritization);
  return world.profiles.find(person.who);
}

struct Merge {
  Person from;
  Person into;
};

std::expected<std::vector<Merge>, std::string> read_merges(const json::object& body) {
  const auto* items = json::get_array(body, "merge_updates");
  const bool is_list =
      items != nullptr && !items->empty() &&
      std::ranges::all_of(*items, [](const auto& item) { return item.is_object(); });
  if (!is_list) return std::unexpected(kNoList);
  if (items->size() > kPeopleMax) return std::unexpected(kTooManyMerges);
  std::vector<Merge> merges;
  for (const json::value& item : *items) {
    const json::object& object = item.get_object();
    const auto* from = object.if_contains("identifier_to_merge");
    const auto* into = object.if_contains("identifier_to_keep");
    if (object.size() != 2 || from == nullptr || into == nullptr) {
      return std::unexpected(kBadMembers);
    }
    auto one = read_person(from);
    if (!one) return std::unexpected(one.error());
    auto other = read_person(into);
    if (!other) return std::unexpected(other.error());
    merges.push_back({std::move(*one), std::move(*other)});
  }
  return merges;
}

}  // namespace

Served merge(Call& call) {
  auto merges = read_merges(call.body);
  if (!merges) return refused(merges.error());
  auto outcome = success(202);
  outcome.effect = [merges = std::move(*merges)](World& world, base::Timestamp now,
                                                 Diagnostics& diagnostics) -> base::Result<void> {
    for (const Merge& item : merges) {
      const auto from = find_person(world, item.from);
      if (!from) return std::unexpected(from.error());
      const auto into = find_person(world, item.into);
      if (!into) return std::unexpected(into.error());
      if (*from == nullptr || *into == nullptr || *from == *into) {
        diagnostics.add("BRZ_NOT_MERGED",
                        "A merge names a profile that is not there, or one profile twice; nothing "
                        "was merged.");
        continue;
      }
      merge_profiles(world, **into, **from, now);
    }
    return {};
  };
  return outcome;
}

namespace {

// Whom a users/delete names; an error is the message of a 400.
std::expected<std::vector<Person>, std::string> read_deleted(const json::object& body) {
  struct List {
    const char* name;
    Kind kind;
  };
  constexpr List kLists[] = {{"external_ids", Kind::external_id},
                             {"user_aliases", Kind::user_alias},
                             {"braze_ids", Kind::braze_id},
                             {"email_addresses", Kind::email},
                             {"phone_numbers", Kind::phone}};
  std::vector<Person> people;
  size_t lists = 0;
  for (const List& list : kLists) {
    const auto* given = body.if_contains(list.name);
    if (given == nullptr) continue;
    const auto* items = given->if_array();
    if (items == nullptr)
      return std::unexpected("'" + std::string(list.name) + "' must be an array");
    if (items->size() > kPeopleMax) {
      return std::unexpected("The max number of ids per request was exceeded");
    }
    lists += items->empty() ? 0 : 1;
    for (const json::value& item : *items) {
      Person person{{list.kind, {}, {}}, std::nullopt};
      if (list.kind == Kind::user_alias) {
        const auto alias = alias_of(item);
        if (alias) person.who = {list.kind, alias->name, alias->label};
      } else if (list.kind == Kind::email && item.is_object()) {
        person.who.value = base::to_lower(text_in(item.get_object(), "email"));
        if (auto rules = Prioritization::of(item.get_object())) person.prioritization = *rules;
      } else {
        person.who.value = text_or_integer(json::object{{"id", item}}, "id").value_or("");
      }
      if (person.who.value.empty()) {
        return std::unexpected("'" + std::string(list.name) + "' is not valid");
      }
      people.push_back(std::move(person));
    }
  }
  if (lists != 1) {
    return std::unexpected(
        "Exactly one of 'external_ids', 'user_aliases', 'braze_ids', 'email_addresses' or "
        "'phone_numbers' is required");
  }
  return people;
}

}  // namespace

Served delete_users(Call& call) {
  auto people = read_deleted(call.body);
  if (!people) return refused(people.error());
  auto outcome = success(201, {{"deleted", people->size()}});
  outcome.effect = [people = std::move(*people)](World& world, base::Timestamp,
                                                 Diagnostics& diagnostics) -> base::Result<void> {
    for (const Person& person : people) {
      const auto held = find_person(world, person);
      if (!held) return std::unexpected(held.error());
      if (*held != nullptr) {
        world.profiles.remove(**held);
      } else {
        diagnostics.add("BRZ_NO_SUCH_PROFILE", "An id names nobody; it was counted all the same.");
      }
    }
    return {};
  };
  return outcome;
}

}  // namespace millrace::braze
