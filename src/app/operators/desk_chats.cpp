// What chats say about a solution: where people stand in its flows, and what was not understood.
#include "app/operators/desk.hpp"
#include "app/wire/data/data_reading.hpp"
#include "solutions/chats.hpp"
#include "solutions/models/misunderstood.hpp"
#include "solutions/occupancy.hpp"

namespace millrace::app {
namespace {

using base::Code;
using base::fail;

constexpr int64_t kDayMs = int64_t{24} * 60 * 60 * 1'000;
constexpr int64_t kCountedForMs = 2'000;

json::object shown(const solutions::Occupancy& found) {
  json::object versions;
  for (const auto& [version, nodes] : found.versions) {
    json::object shown;
    for (const auto& [id, node] : nodes) {
      shown[id] = json::object{{"here", node.here},
                               {"in_24h", node.passed},
                               {"dropped", node.dropped},
                               {"failed", node.failed}};
    }
    versions[version] = std::move(shown);
  }
  return {{"versions", std::move(versions)},
          {"unreadable", found.unreadable},
          {"complete", found.is_whole}};
}

}  // namespace

std::optional<json::object> OperatorDesk::counted(std::string_view solution, int64_t for_ms) {
  const std::lock_guard lock(counted_mutex_);
  const auto found = counted_.find(solution);
  if (found == counted_.end()) return std::nullopt;
  if (ports_.clock.now().ms - found->second.at.ms >= for_ms) return std::nullopt;
  return found->second.nodes;
}

base::Result<json::object> OperatorDesk::live_nodes(std::string_view solution) {
  const auto deployments = deployments_of(ports_.data);
  if (!deployments) return std::unexpected(deployments.error());
  solutions::OccupancyChoice choice;
  choice.chats.solution = solution;
  choice.chats.versions = solutions::versions_of(*deployments, solution);
  if (choice.chats.versions.empty()) return fail(Code::not_found, "there is no such solution");
  if (auto known = counted(solution, kCountedForMs)) return std::move(*known);
  // One counts. Who comes meanwhile has the figures of before, where there are any.
  std::unique_lock counting(count_mutex_, std::try_to_lock);
  if (!counting) {
    if (auto known = counted(solution, kDayMs)) return std::move(*known);
    counting.lock();
    if (auto known = counted(solution, kCountedForMs)) return std::move(*known);
  }
  const auto archive = archive_if_any(ports_.data);
  if (!archive) return std::unexpected(archive.error());
  solutions::Occupancy found;
  if (*archive) {
    choice.since = {ports_.clock.now().ms - kDayMs};
    auto versions = versions_in(ports_.data);
    auto occupied = solutions::occupancy(**archive, choice, ports_.seal_key, versions);
    if (!occupied) return std::unexpected(occupied.error());
    found = std::move(*occupied);
  }
  const std::lock_guard lock(counted_mutex_);
  return (counted_[std::string(solution)] = {ports_.clock.now(), shown(found)}).nodes;
}

base::Result<api::Desk::MisunderstoodPage> OperatorDesk::misunderstood(
    const runtime::ChatFilter& filter, std::string_view locale) {
  const auto archive = archive_if_any(ports_.data);
  if (!archive) return std::unexpected(archive.error());
  if (!*archive) return MisunderstoodPage();
  auto versions = versions_in(ports_.data);
  auto found =
      solutions::misunderstood(**archive, {filter, std::string(locale)}, ports_.seal_key, versions);
  if (!found) return std::unexpected(found.error());
  MisunderstoodPage page;
  page.next = found->next;
  for (solutions::Misunderstood& group : found->groups) {
    json::array guesses;
    for (const dialog::Guess& guess : group.last.guesses) {
      guesses.emplace_back(json::object{{"intent", guess.intent}, {"permille", guess.permille}});
    }
    page.items.push_back({group.last.text, group.alike, group.locale,
                          std::string(to_string(group.last.why)), group.last.intent,
                          std::move(guesses), static_cast<int64_t>(group.count), group.last.chat,
                          group.last.at});
  }
  return page;
}

}  // namespace millrace::app
