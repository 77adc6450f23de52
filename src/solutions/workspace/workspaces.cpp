#include "solutions/workspace/workspaces.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "posix/files.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

// "feature/new" -> "feature-new".
std::string id_of(std::string_view branch) {
  std::string id(branch);
  std::ranges::replace(id, '/', '-');
  return id;
}

bool is_id(std::string_view text) {
  return is_branch_name(text) && !text.contains('/');
}

std::unexpected<base::Error> no_workspace() {
  return fail(Code::not_found, "there is no such workspace");
}

}  // namespace

Workspaces::Workspaces(fs::path data, Folders folders)
    : data_(std::move(data)), folders_(std::move(folders)) {}

base::Result<fs::path> Workspaces::main_of(std::string_view solution) const {
  const auto found = folders_.find(solution);
  if (found != folders_.end()) return found->second;
  return fail(Code::not_found, "the server was not started with a folder of this solution");
}

fs::path Workspaces::trees_of(std::string_view solution) const {
  return data_ / "workspaces" / base::to_hex(base::sha256(solution)).substr(0, 16);
}

std::mutex& Workspaces::mutex_of(const fs::path& folder) {
  const std::lock_guard lock(mutex_);
  auto& mutex = mutexes_[folder];
  if (!mutex) mutex = std::make_unique<std::mutex>();
  return *mutex;
}

base::Result<std::vector<std::string>> Workspaces::tree_ids(std::string_view solution) const {
  std::vector<std::string> ids;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(trees_of(solution), failed)) {
    const std::string id = entry.path().filename().string();
    if (is_id(id) && entry.is_directory(failed)) ids.push_back(id);
  }
  std::ranges::sort(ids);
  return ids;
}

base::Result<Workspaces::Turn> Workspaces::open(std::string_view solution, std::string_view id) {
  const auto main = main_of(solution);
  if (!main) return std::unexpected(main.error());
  fs::path folder = *main;
  if (id != kMainWorkspace) {
    if (!is_id(id)) return no_workspace();
    const fs::path tree = trees_of(solution) / id;
    std::error_code failed;
    if (!fs::is_directory(tree, failed)) return no_workspace();
    const auto inner = Git(*main, home()).prefix();
    if (!inner) return std::unexpected(inner.error());
    folder = tree / *inner;
    if (!fs::is_directory(folder, failed)) {
      return fail(Code::not_found, "the solution is not in this branch");
    }
  }
  std::unique_lock held(mutex_of(folder));
  Turn turn{Workspace(folder), Git(folder, home()), std::move(held)};
  if (auto done = turn.workspace.finish(); !done) return std::unexpected(done.error());
  return turn;
}

base::Result<std::vector<WorkspaceEntry>> Workspaces::list(std::string_view solution) {
  const auto main = main_of(solution);
  if (!main) return std::unexpected(main.error());
  const auto branch_of = [this](const fs::path& folder) {
    const Git git(folder, home());
    const auto status = git.is_repository() ? git.status() : base::Result<GitStatus>(GitStatus());
    return status ? status->branch : std::string();
  };
  std::vector<WorkspaceEntry> entries{{std::string(kMainWorkspace), branch_of(*main)}};
  const auto ids = tree_ids(solution);
  if (!ids) return std::unexpected(ids.error());
  for (const std::string& id : *ids) entries.push_back({id, branch_of(trees_of(solution) / id)});
  return entries;
}

base::Result<WorkspaceEntry> Workspaces::add(std::string_view solution, std::string_view branch,
                                             std::string_view from) {
  auto main = open(solution, kMainWorkspace);
  if (!main) return std::unexpected(main.error());
  if (!is_branch_name(branch)) {
    return fail(Code::invalid_argument, "is no name of a branch", "/branch");
  }
  const std::string id = id_of(branch);
  if (id == kMainWorkspace) {
    return fail(Code::already_exists, "'main' is the folder that the server was started with");
  }
  if (!main->git.is_repository()) {
    return fail(Code::failed_precondition,
                "the folder is in no git repository; `git init` there makes one");
  }
  const auto ids = tree_ids(solution);
  if (!ids) return std::unexpected(ids.error());
  if (std::ranges::find(*ids, id) != ids->end()) {
    return fail(Code::already_exists, "there is a workspace of that name");
  }
  if (ids->size() >= kWorkspacesMax) {
    return fail(Code::resource_exhausted, "there are 32 workspaces; remove one first");
  }
  const fs::path trees = trees_of(solution);
  if (auto made = posix::make_private_folder(trees); !made) return std::unexpected(made.error());
  auto added = main->git.add_worktree(trees / id, branch, from);
  if (!added) return std::unexpected(added.error());
  return WorkspaceEntry{id, std::string(branch)};
}

base::Result<void> Workspaces::remove(std::string_view solution, std::string_view id) {
  if (id == kMainWorkspace) {
    return fail(Code::invalid_argument, "the folder that the server was started with stays");
  }
  auto main = open(solution, kMainWorkspace);
  if (!main) return std::unexpected(main.error());
  auto tree = open(solution, id);
  if (!tree) return std::unexpected(tree.error());
  return main->git.remove_worktree(trees_of(solution) / id);
}

}  // namespace millrace::solutions
