// The git repository around a workspace, as JSON.
#include <algorithm>

#include "app/operators/studio.hpp"
#include "flow/outline.hpp"

namespace millrace::app {
namespace {

using base::Code;
using base::fail;

json::array shown(const std::vector<solutions::GitChange>& changes) {
  json::array out;
  for (const solutions::GitChange& each : changes) {
    json::object one{{"path", each.path}, {"change", each.change}};
    if (!each.from.empty()) one["from"] = each.from;
    out.emplace_back(std::move(one));
  }
  return out;
}

api::Studio::Object status_of(const solutions::Git& git) {
  if (!git.is_repository()) return json::object{{"repository", false}};
  const auto status = git.status();
  if (!status) return std::unexpected(status.error());
  return json::object{{"repository", true},
                      {"branch", status->branch},
                      {"head", status->head},
                      {"remote", status->remote},
                      {"has_upstream", status->has_upstream},
                      {"ahead", status->ahead},
                      {"behind", status->behind},
                      {"changed", shown(status->changed)}};
}

base::Result<void> check_path(std::string_view path) {
  if (path.empty() || solutions::is_plain_path(path)) return {};
  return fail(Code::invalid_argument, "is no path of a file in a solution", "path");
}

base::Result<void> check_repository(const solutions::Git& git) {
  if (git.is_repository()) return {};
  return fail(Code::failed_precondition, "the folder is in no git repository");
}

}  // namespace

api::Studio::Object OperatorStudio::git(const Place& place) {
  const auto turn = workspaces_.open(place.solution, place.workspace);
  if (!turn) return std::unexpected(turn.error());
  return status_of(turn->git);
}

api::Studio::Array OperatorStudio::git_log(const Place& place, const LogChoice& choice) {
  if (auto fine = check_path(choice.path); !fine) return std::unexpected(fine.error());
  const auto turn = workspaces_.open(place.solution, place.workspace);
  if (!turn) return std::unexpected(turn.error());
  if (auto fine = check_repository(turn->git); !fine) return std::unexpected(fine.error());
  solutions::GitLogChoice wanted{choice.path, std::nullopt, choice.skip, choice.limit};
  if (!choice.node.empty()) {
    const auto files = turn->workspace.sources();
    if (!files) return std::unexpected(files.error());
    for (const flow::OutlineFlow& flow : flow::outline(*files)) {
      for (const flow::OutlineNode& node : flow.nodes) {
        if (node.id != choice.node) continue;
        const std::string& text = files->at(flow.file);
        const auto lines = static_cast<int>(
            std::count(text.begin() + static_cast<std::ptrdiff_t>(node.span.from),
                       text.begin() + static_cast<std::ptrdiff_t>(node.span.to), '\n'));
        wanted.path = flow.file;
        wanted.lines = {node.line, node.line + std::max(lines, 1) - 1};
      }
    }
    if (!wanted.lines) return fail(Code::not_found, "there is no such node", "node");
  }
  const auto commits = turn->git.log(wanted);
  if (!commits) return std::unexpected(commits.error());
  json::array items;
  for (const solutions::GitCommit& commit : *commits) {
    items.emplace_back(json::object{{"hash", commit.hash},
                                    {"author", commit.author},
                                    {"at", commit.at},
                                    {"subject", commit.subject}});
  }
  return items;
}

api::Studio::Object OperatorStudio::git_diff(const Place& place, std::string_view from,
                                             std::string_view to, std::string_view path) {
  if (auto fine = check_path(path); !fine) return std::unexpected(fine.error());
  const auto turn = workspaces_.open(place.solution, place.workspace);
  if (!turn) return std::unexpected(turn.error());
  if (auto fine = check_repository(turn->git); !fine) return std::unexpected(fine.error());
  auto diff = turn->git.diff(from, to, path);
  if (!diff) return std::unexpected(diff.error());
  return json::object{{"files", shown(diff->files)}, {"text", std::move(diff->text)}};
}

api::Studio::Object OperatorStudio::git_commit(const Place& place, const json::object& order,
                                               const Person& person) {
  std::vector<std::string> paths;
  for (const json::value& path : order.at("paths").as_array()) {
    paths.emplace_back(path.as_string());
    if (auto fine = check_path(paths.back()); !fine) return std::unexpected(fine.error());
  }
  const auto turn = workspaces_.open(place.solution, place.workspace);
  if (!turn) return std::unexpected(turn.error());
  if (auto fine = check_repository(turn->git); !fine) return std::unexpected(fine.error());
  // An address that is nobody's: who it was is in the name and in the audit log.
  const auto hash = turn->git.commit(paths, std::string(*json::get_string(order, "message")),
                                     {person.name, "operator@millrace.invalid"});
  if (!hash) return std::unexpected(hash.error());
  return json::object{{"hash", *hash}};
}

api::Studio::Object OperatorStudio::git_switch(const Place& place, const json::object& order) {
  const auto turn = workspaces_.open(place.solution, place.workspace);
  if (!turn) return std::unexpected(turn.error());
  if (auto fine = check_repository(turn->git); !fine) return std::unexpected(fine.error());
  const auto from = json::get_string(order, "from");
  auto done = turn->git.switch_to(*json::get_string(order, "branch"),
                                  from ? std::optional(std::string(*from)) : std::nullopt);
  if (!done) return std::unexpected(done.error());
  return status_of(turn->git);
}

api::Studio::Object OperatorStudio::git_pull(const Place& place) {
  const auto turn = workspaces_.open(place.solution, place.workspace);
  if (!turn) return std::unexpected(turn.error());
  if (auto fine = check_repository(turn->git); !fine) return std::unexpected(fine.error());
  if (auto done = turn->git.pull(); !done) return std::unexpected(done.error());
  return status_of(turn->git);
}

api::Studio::Object OperatorStudio::git_push(const Place& place) {
  const auto turn = workspaces_.open(place.solution, place.workspace);
  if (!turn) return std::unexpected(turn.error());
  if (auto fine = check_repository(turn->git); !fine) return std::unexpected(fine.error());
  if (auto done = turn->git.push(); !done) return std::unexpected(done.error());
  return status_of(turn->git);
}

}  // namespace millrace::app
