#include "people/kept_facts.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace millrace::people {

namespace {

std::unexpected<base::Error> not_understood(std::string_view member) {
  return base::fail(base::Code::data_loss,
                    "a kept person's '" + std::string(member) + "' is not understood");
}

struct TraitMember {
  std::string_view name;
  std::vector<Trait> Said::* said;
  std::vector<Trait> Facts::* known;
};
constexpr TraitMember kTraitMembers[] = {{"traits", &Said::traits, &Facts::traits},
                                         {"once", &Said::once, &Facts::once},
                                         {"consents", &Said::consents, &Facts::consents}};

json::object write_traits(const std::vector<Trait>& rows, const Words& words) {
  std::map<std::string_view, const Trait*> by_name;
  for (const Trait& trait : rows) by_name[words.text(trait.name)] = &trait;
  json::object out;
  for (const auto& [name, trait] : by_name) {
    json::array row = write_stamp(trait->stamp);
    row.push_back(trait->value);
    out[name] = std::move(row);
  }
  return out;
}

base::Result<std::vector<Trait>> read_traits(const json::value& kept, Words& words) {
  std::vector<Trait> rows;
  if (!kept.is_object()) return not_understood("traits");
  for (const auto& [name, row] : kept.get_object()) {
    const auto stamp = read_stamp(&row);
    if (!stamp || row.get_array().size() != 3) return not_understood("traits");
    rows.push_back({words.learn(name), *stamp, row.get_array()[2]});
  }
  return rows;
}

json::object write_summary(const Summary& summary) {
  size_t days = summary.days.size();
  while (days > 0 && summary.days[days - 1] == 0) --days;
  return {{"count", summary.count},
          {"first", summary.first},
          {"last", summary.last},
          {"days", json::array(summary.days.begin(), summary.days.begin() + days)}};
}

base::Result<Summary> read_summary(const json::value& kept) {
  const json::object* row = kept.if_object();
  const auto count = row ? json::get_integer(*row, "count") : std::nullopt;
  const auto first = row ? json::get_integer(*row, "first") : std::nullopt;
  const auto last = row ? json::get_integer(*row, "last") : std::nullopt;
  const json::array* days = row ? json::get_array(*row, "days") : nullptr;
  if (!count || *count < 1 || *count > UINT32_MAX || !first || !last || !days ||
      days->size() > kSummaryDays) {
    return not_understood("counts");
  }
  Summary summary{.count = static_cast<uint32_t>(*count), .first = *first, .last = *last};
  for (size_t ago = 0; ago < days->size(); ++ago) {
    const json::value& day = (*days)[ago];
    const int64_t* number = day.if_int64();
    if (!number || *number < 0 || *number > UINT16_MAX) return not_understood("counts");
    summary.days[ago] = static_cast<uint16_t>(*number);
  }
  return summary;
}

json::object write_deed(const Deed& deed, const Words& words) {
  json::object out = {{"at", write_stamp(deed.stamp)}};
  if (deed.counts) out["counts"] = words.text(deed.name);
  for (const TraitMember& member : kTraitMembers) {
    if (!deed.said || ((*deed.said).*member.said).empty()) continue;
    out[member.name] = write_traits((*deed.said).*member.said, words);
  }
  return out;
}

base::Result<Deed> read_deed(const json::value& kept, Words& words) {
  const json::object* row = kept.if_object();
  const auto stamp = row ? read_stamp(row->if_contains("at")) : std::nullopt;
  if (!stamp) return not_understood("deeds");
  Deed deed{.stamp = *stamp};
  if (const auto name = json::get_string(*row, "counts")) {
    deed.counts = true;
    deed.name = words.learn(*name);
  }
  Said said;
  bool says_something = false;
  for (const TraitMember& member : kTraitMembers) {
    const json::value* found = row->if_contains(member.name);
    if (!found) continue;
    auto rows = read_traits(*found, words);
    if (!rows) return std::unexpected(std::move(rows.error()));
    said.*member.said = std::move(*rows);
    says_something = true;
  }
  if (says_something) deed.said = std::make_unique<Said>(std::move(said));
  return deed;
}

}  // namespace

json::array write_stamp(Stamp stamp) {
  return {stamp.at, static_cast<int64_t>(stamp.tie)};
}

std::optional<Stamp> read_stamp(const json::value* kept) {
  const json::array* pair = kept ? kept->if_array() : nullptr;
  if (!pair || pair->size() < 2 || !(*pair)[0].is_int64() || !(*pair)[1].is_int64()) {
    return std::nullopt;
  }
  return Stamp{(*pair)[0].get_int64(), static_cast<uint64_t>((*pair)[1].get_int64())};
}

json::object write_facts(const Facts& facts, const Words& words) {
  json::object out;
  for (const TraitMember& member : kTraitMembers) {
    if ((facts.*member.known).empty()) continue;
    out[member.name] = write_traits(facts.*member.known, words);
  }
  std::map<std::string_view, const Summary*> by_name;
  for (const Summary& summary : facts.summaries) by_name[words.text(summary.name)] = &summary;
  json::object counts;
  for (const auto& [name, summary] : by_name) counts[name] = write_summary(*summary);
  if (!counts.empty()) out["counts"] = std::move(counts);
  return out;
}

base::Result<void> read_facts(const json::object& kept, Facts& into, Words& words) {
  Facts facts;
  for (const TraitMember& member : kTraitMembers) {
    const json::value* found = kept.if_contains(member.name);
    if (!found) continue;
    auto rows = read_traits(*found, words);
    if (!rows) return std::unexpected(std::move(rows.error()));
    facts.*member.known = std::move(*rows);
  }
  const json::value* counts = kept.if_contains("counts");
  if (counts && !counts->is_object()) return not_understood("counts");
  for (const auto& [name, row] : counts ? counts->get_object() : json::object()) {
    auto summary = read_summary(row);
    if (!summary) return std::unexpected(std::move(summary.error()));
    summary->name = words.learn(name);
    facts.summaries.push_back(*summary);
  }
  join(into, facts, words);
  return {};
}

json::object write_trail(const Trail& trail, const Words& words) {
  json::array deeds;
  for (const Deed& deed : trail.deeds) deeds.push_back(write_deed(deed, words));
  json::object out = {{"deeds", std::move(deeds)}};
  if (trail.settled) {
    out["settled"] = write_facts(*trail.settled, words);
    out["settled_until"] = write_stamp(trail.settled_until);
  }
  return out;
}

base::Result<void> read_trail(const json::object& kept, Trail& into, Words& words) {
  const json::array* deeds = json::get_array(kept, "deeds");
  if (!deeds || deeds->size() > Trail::kDeedsMax) return not_understood("deeds");
  if (const json::object* settled = json::get_object(kept, "settled")) {
    const auto until = read_stamp(kept.if_contains("settled_until"));
    if (!until) return not_understood("settled_until");
    if (!into.settled) into.settled = std::make_unique<Facts>();
    if (auto read = read_facts(*settled, *into.settled, words); !read) return read;
    into.settled_until = std::max(into.settled_until, *until);
  }
  for (const json::value& row : *deeds) {
    auto deed = read_deed(row, words);
    if (!deed) return std::unexpected(std::move(deed.error()));
    note(into, std::move(*deed), words);
  }
  return {};
}

}  // namespace millrace::people
