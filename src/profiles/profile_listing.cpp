// Profiles one after the other, and the history of one: what is held together with what has a row.
#include <algorithm>

#include "base/text.hpp"
#include "profiles/profile_store.hpp"

namespace millrace::profiles {
namespace {

using Kind = Identifier::Kind;

// Whether a lower-case text is in what names the profile.
bool shows(const Profile& profile, const std::string& wanted) {
  const auto holds = [&](std::string_view text) {
    return base::to_lower(text).find(wanted) != std::string::npos;
  };
  if (holds(profile.braze_id) || holds(profile.external_id) || holds(profile.email()) ||
      holds(profile.phone())) {
    return true;
  }
  const auto first = json::get_string(profile.fields, "first_name").value_or("");
  const auto last = json::get_string(profile.fields, "last_name").value_or("");
  if (holds(std::string(first) + " " + std::string(last))) return true;
  return std::ranges::any_of(profile.aliases,
                             [&](const Alias& alias) { return holds(alias.name); }) ||
         std::ranges::any_of(profile.deprecated_ids, holds);
}

}  // namespace

// Those held that the store does not show as they are, with ids in (after, last]: the first so
// many.
std::vector<const Held*> ProfileStore::without_rows(const std::string& after,
                                                    const std::string& last, size_t limit) const {
  std::vector<const Held*> found;
  const auto take = [&](const Held* held) {
    if (held == nullptr || held->profile.braze_id <= after) return;
    if (last.empty() || held->profile.braze_id <= last) found.push_back(held);
  };
  for (const Unwritten& item : unwritten_) take(item.held);
  for (const auto& [batch, held] : leaving_) take(held);
  const auto by_id = [](const Held* held) { return std::string_view(held->profile.braze_id); };
  const auto most = found.begin() + static_cast<ptrdiff_t>(std::min(limit, found.size()));
  std::ranges::partial_sort(found, most, {}, by_id);
  found.erase(most, found.end());
  return found;
}

base::Result<std::string> ProfileStore::each(const std::string& after, size_t limit,
                                             const std::function<void(const Profile&)>& each) {
  const auto rows = store_.scan("p/", after.empty() ? "" : "p/" + after, limit);
  if (!rows) return std::unexpected(rows.error());
  bool is_end = rows->size() < limit;
  std::string last = is_end ? "" : rows->back().first.substr(2);
  const std::vector<const Held*> held = without_rows(after, is_end ? "" : last, limit + 1);
  if (held.size() > limit) {
    is_end = false;
    last = held.back()->profile.braze_id;
  }
  // In the order of ids, what is held taken in between the rows.
  std::map<std::string, const Held*> fresh;
  for (const Held* one : held) fresh.emplace(one->profile.braze_id, one);
  for (const auto& [key, text] : *rows) {
    if (is_end || key.substr(2) <= last) fresh.emplace(key.substr(2), nullptr);
  }
  size_t row = 0;
  for (const auto& [id, unwritten] : fresh) {
    while (row < rows->size() && (*rows)[row].first.substr(2) < id) ++row;
    const auto known = held_.find(id);
    if (known != held_.end()) {
      if (!known->second->is_gone) each(known->second->profile);
      continue;
    }
    auto profile = Profile::from_text((*rows)[row].second);
    if (!profile) return std::unexpected(profile.error());
    each(*profile);
  }
  return last;
}

base::Result<ProfileStore::Listed> ProfileStore::list(const std::string& after, size_t limit,
                                                      const std::string& search) {
  constexpr size_t kPage = 200;
  constexpr size_t kLookedAtMax = 20'000;
  const std::string wanted = base::to_lower(search);
  Listed listed;
  // Whoever is named exactly is found among any number.
  if (!wanted.empty() && after.empty()) {
    for (const Identifier& who :
         {Identifier{Kind::external_id, search, {}}, Identifier{Kind::email, wanted, {}}}) {
      const auto found = find_all(who);
      if (!found) return std::unexpected(found.error());
      for (const Held* held : *found) listed.profiles.push_back(held->profile.to_export());
      if (!listed.profiles.empty()) return listed;
    }
  }
  std::string at = after;
  for (size_t looked_at = 0; looked_at < kLookedAtMax; looked_at += kPage) {
    const auto next = each(at, kPage, [&](const Profile& profile) {
      if (listed.profiles.size() >= limit) return;
      if (!wanted.empty() && !shows(profile, wanted)) return;
      listed.profiles.push_back(profile.to_export());
      at = profile.braze_id;
    });
    if (!next) return std::unexpected(next.error());
    if (listed.profiles.size() >= limit) {
      listed.next = at;
      return listed;
    }
    if (next->empty()) return listed;
    at = *next;
  }
  listed.next = at;
  return listed;
}

base::Result<std::vector<json::value>> ProfileStore::history(const Held& held, size_t limit) {
  constexpr size_t kPage = 1'000;
  const std::string prefix = "o/" + held.profile.braze_id + "/";
  // A run holds a line or more; of all runs the last so many are enough.
  std::deque<std::string> runs;
  for (std::string after;;) {
    auto page = store_.scan(prefix, after, kPage);
    if (!page) return std::unexpected(page.error());
    for (auto& [key, text] : *page) {
      after = key;
      if (!held.leaving.empty() &&
          key >= history_key(held.profile.braze_id, held.leaving.front().first)) {
        continue;  // it has come; the lines are here as well
      }
      runs.push_back(std::move(text));
      if (runs.size() > limit) runs.pop_front();
    }
    if (page->size() < kPage) break;
  }
  std::vector<json::value> lines;
  for (const std::string& text : runs) {
    auto run = json::parse(text);
    if (!run || !run->is_array()) continue;
    for (json::value& line : run->get_array()) lines.push_back(std::move(line));
  }
  const auto append_lines = [&](const std::string& text) {
    auto fresh = json::parse("[" + text + "]");
    if (!fresh || !fresh->is_array()) return;
    for (json::value& line : fresh->get_array()) lines.push_back(std::move(line));
  };
  for (const HistoryRun& run : held.leaving) append_lines(run.lines);
  append_lines(held.history);
  if (lines.size() > limit) lines.erase(lines.begin(), lines.end() - static_cast<ptrdiff_t>(limit));
  return lines;
}

base::Result<std::vector<std::pair<std::string, std::string>>> ProfileStore::rows(
    const std::string& prefix) {
  constexpr size_t kPage = 1'000;
  std::vector<std::pair<std::string, std::string>> all;
  for (;;) {
    auto page = store_.scan(prefix, all.empty() ? "" : all.back().first, kPage);
    if (!page) return page;
    const bool is_last = page->size() < kPage;
    std::ranges::move(*page, std::back_inserter(all));
    if (is_last) return all;
  }
}

}  // namespace millrace::profiles
