// Where each served solution is worked on: the folder that the server was started with ("main"),
// and, where that lies in a git repository, working trees on branches of their own, which lie in
// the data folder.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "solutions/git/git.hpp"
#include "solutions/workspace/workspace.hpp"

namespace millrace::solutions {

inline constexpr std::string_view kMainWorkspace = "main";
inline constexpr size_t kWorkspacesMax = 32;  // of one solution

struct WorkspaceEntry {
  std::string id;
  std::string branch;  // "" where there is no repository
};

// Thread-safe.
class Workspaces {
 public:
  using Folders = std::map<std::string, std::filesystem::path, std::less<>>;  // by solution
  Workspaces(std::filesystem::path data, Folders folders);

  // Somebody's turn in one workspace: nobody else reads or changes it meanwhile.
  struct Turn {
    Workspace workspace;
    Git git;
    std::unique_lock<std::mutex> held;
  };
  // not_found: no such solution, or no such workspace of it.
  base::Result<Turn> open(std::string_view solution, std::string_view id);

  base::Result<std::vector<WorkspaceEntry>> list(std::string_view solution);
  // On that branch, made at `from` ("": where main stands) when it is new. failed_precondition: no
  // repository, or the branch is checked out already; resource_exhausted.
  base::Result<WorkspaceEntry> add(std::string_view solution, std::string_view branch,
                                   std::string_view from);
  // invalid_argument: main; failed_precondition: something in it is not committed.
  base::Result<void> remove(std::string_view solution, std::string_view id);

 private:
  base::Result<std::filesystem::path> main_of(std::string_view solution) const;
  std::filesystem::path trees_of(std::string_view solution) const;
  std::filesystem::path home() const { return data_ / "git"; }
  std::mutex& mutex_of(const std::filesystem::path& folder);
  base::Result<std::vector<std::string>> tree_ids(std::string_view solution) const;

  const std::filesystem::path data_;
  const Folders folders_;
  std::mutex mutex_;
  std::map<std::filesystem::path, std::unique_ptr<std::mutex>> mutexes_;
};

}  // namespace millrace::solutions
