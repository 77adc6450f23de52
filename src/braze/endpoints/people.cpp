#include "braze/endpoints/people.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace millrace::braze {
namespace {

constexpr std::array<std::string_view, 4> kRules{"identified", "unidentified",
                                                 "most_recently_updated", "least_recently_updated"};

void merge_tallies(std::vector<Tally>& into, const std::vector<Tally>& from) {
  for (const Tally& tally : from) {
    const auto same = std::ranges::find(into, tally.name, &Tally::name);
    if (same != into.end()) {
      same->first = std::min(same->first, tally.first);
      same->last = std::max(same->last, tally.last);
      same->count += tally.count;
    } else if (into.size() < kTalliesMax) {
      into.push_back(tally);
    }
  }
}

// The date of the two that `is_before` puts first.
template <typename Order>
void keep_date(json::object& into, const json::object& from, std::string_view name,
               Order is_before) {
  const auto here = base::parse_iso8601(json::get_string(into, name).value_or(""));
  const auto there = base::parse_iso8601(json::get_string(from, name).value_or(""));
  if (here && there && is_before(*there, *here)) into[name] = from.at(name);
}

}  // namespace

std::optional<Alias> alias_of(const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return std::nullopt;
  const auto name = json::get_string(*object, "alias_name");
  const auto label = json::get_string(*object, "alias_label");
  if (!name || !label || name->empty() || label->empty()) return std::nullopt;
  if (name->find('\0') != name->npos || label->find('\0') != label->npos) return std::nullopt;
  return Alias{std::string(*name), std::string(*label)};
}

std::expected<Prioritization, std::string> Prioritization::of(const json::object& item) {
  Prioritization read;
  const auto* rules = json::get_array(item, "prioritization");
  if (rules == nullptr || rules->empty()) {
    return std::unexpected("'prioritization' is required");
  }
  for (const json::value& rule : *rules) {
    const std::string text = rule.is_string() ? json::to_text(rule) : "";
    if (std::ranges::find(kRules, text) == kRules.end()) {
      return std::unexpected("'prioritization' is not valid");
    }
    read.rules.push_back(text);
  }
  const auto has = [&](std::string_view rule) {
    return std::ranges::find(read.rules, rule) != read.rules.end();
  };
  if (has("most_recently_updated") && has("least_recently_updated")) {
    return std::unexpected(
        "Request can not contain both of 'most_recently_updated' and 'least_recently_updated' "
        "values in the 'prioritization' array");
  }
  return read;
}

base::Result<Held*> find_prioritized(World& world, const Identifier& who,
                                     const Prioritization& prioritization) {
  auto found = world.profiles.find_all(who);
  if (!found) return std::unexpected(found.error());
  std::vector<Held*>& left = *found;
  for (const std::string& rule : prioritization.rules) {
    if (rule == "identified" || rule == "unidentified") {
      std::erase_if(left, [&](const Held* held) {
        return held->profile.external_id.empty() == (rule == "identified");
      });
    } else if (!left.empty()) {
      const auto by_update = [](const Held* a, const Held* b) {
        return a->profile.updated_at < b->profile.updated_at;
      };
      Held* chosen = rule == "most_recently_updated" ? *std::ranges::max_element(left, by_update)
                                                     : *std::ranges::min_element(left, by_update);
      left = {chosen};
    }
  }
  return left.size() == 1 ? left.front() : nullptr;
}

void merge_profiles(World& world, Held& into, Held& from, base::Timestamp now) {
  if (&into == &from) return;
  Profile& to = into.profile;
  Profile& old = from.profile;
  keep_date(to.fields, old.fields, "date_of_first_session", std::less<>());
  keep_date(to.fields, old.fields, "date_of_last_session", std::greater<>());
  for (const auto& field : old.fields) to.fields.emplace(field.key(), field.value());
  for (const auto& attribute : old.custom) {
    if (to.custom.size() >= kCustomAttributesMax) break;
    to.custom.emplace(attribute.key(), attribute.value());
  }
  for (const Alias& alias : old.aliases) {
    // One name per label per user: what the target has stays.
    if (std::ranges::find(to.aliases, alias.label, &Alias::label) == to.aliases.end()) {
      to.aliases.push_back(alias);
    }
  }
  merge_tallies(to.events, old.events);
  merge_tallies(to.purchases, old.purchases);
  const double revenue = to.total_revenue + old.total_revenue;
  if (std::isfinite(revenue)) to.total_revenue = revenue;
  to.created_at = std::min(to.created_at, old.created_at);
  std::ranges::copy(old.campaigns, std::back_inserter(to.campaigns));
  std::ranges::copy(old.canvases, std::back_inserter(to.canvases));
  const std::string merged = old.external_id.empty() ? old.braze_id : old.external_id;
  world.profiles.remove(from);
  world.profiles.rewritten(into, now, history_line("merged", now, {{"name", merged}}));
}

}  // namespace millrace::braze
