// users/external_ids/rename and remove (reference: other-endpoints.md 6).
#include <algorithm>

#include "braze/endpoints/handlers.hpp"
#include "braze/endpoints/people.hpp"
#include "braze/rules/item_values.hpp"

namespace millrace::braze {
namespace {

using Kind = Identifier::Kind;

// The list, when it holds 1 to 50 items.
const json::array* list_in(const Call& call, std::string_view name) {
  const auto* items = json::get_array(call.body, name);
  return items == nullptr || items->empty() || items->size() > kPeopleMax ? nullptr : items;
}

json::array error_at(size_t index, std::string message) {
  return json::array{index, std::move(message)};
}

// What is wrong with a rename; nullopt once it is done.
base::Result<std::optional<std::string>> rename(Call& call, const std::string& from,
                                                const std::string& to) {
  if (from == to) return "the new external_id is the current one";
  auto& profiles = call.world.profiles;
  const auto held = profiles.find({Kind::external_id, from, {}});
  if (!held) return std::unexpected(held.error());
  if (*held == nullptr) return "the current external_id is not known";
  Profile& profile = (*held)->profile;
  if (profile.external_id != from) return "the current external_id is a deprecated one";
  const auto taken = profiles.find({Kind::external_id, to, {}});
  if (!taken) return std::unexpected(taken.error());
  if (*taken != nullptr) return "the new external_id is in use";
  profile.deprecated_ids.push_back(std::exchange(profile.external_id, to));
  profiles.rewritten(**held, call.now, history_line("renamed", call.now, {{"name", to}}));
  return std::nullopt;
}

}  // namespace

Served rename_external_ids(Call& call) {
  const auto* items = list_in(call, "external_id_renames");
  if (items == nullptr) {
    return refused("'external_id_renames' must be an array of 1 to 50 objects");
  }
  json::array renamed;
  json::array errors;
  for (size_t i = 0; i < items->size(); ++i) {
    const json::object none;
    const auto& item = (*items)[i].is_object() ? (*items)[i].get_object() : none;
    const auto from = text_or_integer(item, "current_external_id");
    const auto to = text_or_integer(item, "new_external_id");
    if (!from || !to) {
      errors.push_back(error_at(i, "current_external_id and new_external_id are required"));
      continue;
    }
    const auto wrong = rename(call, *from, *to);
    if (!wrong) return std::unexpected(wrong.error());
    if (*wrong) {
      errors.push_back(error_at(i, **wrong));
    } else {
      // Pairs, as recorded; the documentation has texts.
      renamed.push_back(json::object{{"current_external_id", *from}, {"new_external_id", *to}});
    }
  }
  return success(201, {{"rename_errors", std::move(errors)}, {"external_ids", std::move(renamed)}});
}

Served remove_external_ids(Call& call) {
  const auto* items = list_in(call, "external_ids");
  if (items == nullptr) return refused("'external_ids' must be an array of 1 to 50 ids");
  json::array removed;
  json::array errors;
  for (size_t i = 0; i < items->size(); ++i) {
    const auto id = text_or_integer(json::object{{"id", (*items)[i]}}, "id");
    const auto held =
        id ? call.world.profiles.find({Kind::external_id, *id, {}}) : base::Result<Held*>(nullptr);
    if (!held) return std::unexpected(held.error());
    if (*held == nullptr || (*held)->profile.external_id == *id) {
      errors.push_back(error_at(i, "only a deprecated external_id can be removed"));
      continue;
    }
    std::erase((*held)->profile.deprecated_ids, *id);
    call.world.profiles.rewritten(**held, call.now, "");
    removed.push_back(json::value(*id));
  }
  return success(201, {{"removed_ids", std::move(removed)}, {"removal_errors", std::move(errors)}});
}

}  // namespace millrace::braze
