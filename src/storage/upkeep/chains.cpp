#include "storage/upkeep/chains.hpp"

#include <algorithm>
#include <unordered_map>

#include "storage/journal/retirements.hpp"

namespace millrace::storage {
namespace {

// Why the link cannot follow what it points at; "" when it can.
std::string why_not(const Link& link, const Link* before) {
  if (link.is_anothers) return "holds another consumer's words";
  if (link.previous == 0) {
    return link.number == 1 ? "" : "begins a chain with number " + std::to_string(link.number);
  }
  if (link.previous == RetiringRows::kRetired) {
    return link.number > 1 ? "" : "is the first one, and says that there were others before it";
  }
  const std::string points = "points at position " + std::to_string(link.previous);
  if (before == nullptr) return points + ", where there is no record before it";
  if (before->consumer != link.consumer) return points + ", which is another consumer's record";
  if (before->number + 1 != link.number) {
    return points + ", whose number is " + std::to_string(before->number);
  }
  return "";
}

}  // namespace

Chains find_chains(const std::vector<Link>& links) {
  std::unordered_map<int64_t, size_t> at;  // index by position
  std::vector<std::string> wrong(links.size());
  Chains out;
  // A record is sound when all before it are; those come first.
  for (size_t i = 0; i < links.size(); ++i) {
    const auto found = at.find(links[i].previous);
    wrong[i] = why_not(links[i], found == at.end() ? nullptr : &links[found->second]);
    if (wrong[i].empty() && found != at.end() && !wrong[found->second].empty()) {
      wrong[i] = "follows a record that is not sound";
    }
    at[links[i].position] = i;
    if (!wrong[i].empty()) continue;
    // Of two that end at the same number the first was acknowledged first.
    const auto [last, is_first] = out.last.try_emplace(links[i].consumer, links[i]);
    if (!is_first && links[i].number > last->second.number) last->second = links[i];
  }
  std::vector<bool> is_kept(links.size(), false);
  for (const auto& [consumer, last] : out.last) {
    for (auto found = at.find(last.position); found != at.end();
         found = at.find(links[found->second].previous)) {
      is_kept[found->second] = true;
    }
  }
  for (size_t i = 0; i < links.size(); ++i) {
    if (is_kept[i]) continue;
    if (wrong[i].empty()) wrong[i] = "is a second record of this number, beside a longer chain";
    out.strays.push_back({links[i], std::move(wrong[i])});
  }
  return out;
}

}  // namespace millrace::storage
