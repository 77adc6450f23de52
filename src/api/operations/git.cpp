// The git repository around a workspace.
#include "api/studio_call.hpp"

namespace millrace::api {
namespace {

Replied get_git(Call& call) {
  return replied(call.ports.studio.git(place_of(call)));
}

Replied list_log(Call& call) {
  const auto limit = call.limit();
  const auto place = call.cursor();
  if (!limit) return std::unexpected(limit.error());
  if (!place) return std::unexpected(place.error());
  const auto skip = static_cast<size_t>(json::get_integer(*place, "skip").value_or(0));
  auto items = call.ports.studio.git_log(place_of(call),
                                         {call.query("path"), call.query("node"), skip, *limit});
  if (!items) return std::unexpected(items.error());
  std::optional<std::string> next;
  if (items->size() == *limit) next = call.cursor_at({{"skip", skip + *limit}});
  return listed(std::move(*items), std::move(next));
}

Replied get_diff(Call& call) {
  return replied(call.ports.studio.git_diff(place_of(call), call.query("from"), call.query("to"),
                                            call.query("path")));
}

Replied commit(Call& call) {
  const auto& paths = call.body.at("paths").as_array();
  for (const json::value& path : paths) {
    auto may = check_script_right(call, call.path["solution"], std::string_view(path.as_string()));
    if (!may) return std::unexpected(may.error());
  }
  auto noted =
      note(call, "git.commit", call.path["workspace"], std::to_string(paths.size()) + " paths");
  if (!noted) return std::unexpected(noted.error());
  return replied(call.ports.studio.git_commit(place_of(call), call.body, person_of(call)), 201);
}

Replied switch_branch(Call& call) {
  auto noted = note(call, "git.switch", call.path["workspace"],
                    json::get_string(call.body, "branch").value_or(""));
  if (!noted) return std::unexpected(noted.error());
  return replied(call.ports.studio.git_switch(place_of(call), call.body));
}

Replied pull(Call& call) {
  auto noted = note(call, "git.pull", call.path["workspace"]);
  if (!noted) return std::unexpected(noted.error());
  return replied(call.ports.studio.git_pull(place_of(call)));
}

Replied push(Call& call) {
  auto noted = note(call, "git.push", call.path["workspace"]);
  if (!noted) return std::unexpected(noted.error());
  return replied(call.ports.studio.git_push(place_of(call)));
}

constexpr Who kReads = Who::solution(Right::solution_read);

}  // namespace

std::vector<Operation> git_operations() {
  using Shape = Operation::Shape;
  return {
      {.id = "getGit",
       .method = "GET",
       .path = "/solutions/{solution}/workspaces/{workspace}/git",
       .who = kReads,
       .serve = get_git,
       .summary = "The branch, how far it is from its remote, and what is changed",
       .gives = "GitStatus"},
      {.id = "listGitLog",
       .method = "GET",
       .path = "/solutions/{solution}/workspaces/{workspace}/git/log",
       .who = kReads,
       .serve = list_log,
       .summary = "Commits that changed the solution, a file or a node, the latest first",
       .gives = "GitCommit",
       .shape = Shape::list,
       .query = "path node limit cursor"},
      {.id = "getGitDiff",
       .method = "GET",
       .path = "/solutions/{solution}/workspaces/{workspace}/git/diff",
       .who = kReads,
       .serve = get_diff,
       .summary = "What differs between two revisions, or one (HEAD) and the files as they are",
       .gives = "GitDiff",
       .query = "from to path"},
      {.id = "commitFiles",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/git/commit",
       .who = Who::solution(Right::solution_write),
       .serve = commit,
       .summary = "Commit these paths, as whoever is signed in; scripts take script.write",
       .takes = "NewCommit",
       .gives = "Committed",
       .status = 201},
      {.id = "switchBranch",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/git/switch",
       .who = Who::solution(Right::script_write),
       .serve = switch_branch,
       .summary = "To another branch, which is made where `from` says at what",
       .takes = "SwitchBranch",
       .gives = "GitStatus"},
      {.id = "pullBranch",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/git/pull",
       .who = Who::solution(Right::script_write),
       .serve = pull,
       .summary = "What the remote `origin` has of the branch; fast-forward only",
       .gives = "GitStatus"},
      {.id = "pushBranch",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/git/push",
       .who = Who::solution(Right::git_push),
       .serve = push,
       .summary = "The branch to the remote `origin`",
       .gives = "GitStatus"},
  };
}

}  // namespace millrace::api
