// A git repository around a solution's folder, through the program `git`: a fixed argument vector,
// no shell, hooks and prompts off, its own HOME, a time limit. Names of branches and revisions are
// checked here, so that none is taken for an option; paths stand behind `--`. It blocks. One thing
// at a time in a folder: whoever calls sees to it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace millrace::solutions {

struct GitChange {
  std::string path;    // relative to the folder
  std::string change;  // added, modified, deleted, renamed, untracked, conflicted
  std::string from;    // of one that was renamed
};
struct GitStatus {
  std::string branch;  // "" when no branch is checked out
  std::string head;    // "" before the first commit
  std::string remote;  // the address of `origin`, without a password in it; "" when there is none
  bool has_upstream = false;
  int ahead = 0;
  int behind = 0;
  std::vector<GitChange> changed;
};
struct GitStand {
  std::string branch;  // as GitStatus has them
  std::string head;
};
struct GitCommit {
  std::string hash;
  std::string author;
  std::string at;  // ISO 8601
  std::string subject;
};
struct GitLogChoice {
  std::string path;                          // "" = the folder
  std::optional<std::pair<int, int>> lines;  // of that path, both included
  size_t skip = 0;
  size_t limit = 100;
};
struct GitDiff {
  std::vector<GitChange> files;
  std::string text;  // a unified diff
};
struct GitPerson {
  std::string name;
  std::string mail;
};

class Git {
 public:
  // `home` is where git looks for its user's settings and credentials; it is made when missing.
  Git(std::filesystem::path folder, std::filesystem::path home);

  // Whether the folder lies in a repository's working tree, and there is a program `git`.
  bool is_repository() const;

  // failed_precondition, of all that follow: what git refused, in its words.
  base::Result<GitStatus> status() const;
  // Without a look at the files.
  base::Result<GitStand> stand() const;
  base::Result<std::vector<GitCommit>> log(const GitLogChoice& choice) const;
  // From one revision to another; `to` "" = the files as they are now. `path` "" = all.
  base::Result<GitDiff> diff(std::string_view from, std::string_view to,
                             std::string_view path) const;
  // A file as it is at a revision; not_found.
  base::Result<std::string> show(std::string_view revision, std::string_view path) const;
  // Of these paths and nothing else; the hash.
  base::Result<std::string> commit(const std::vector<std::string>& paths,
                                   const std::string& message, const GitPerson& person) const;
  // To a branch, which is made at `from` where that is given.
  base::Result<void> switch_to(std::string_view branch,
                               const std::optional<std::string>& from) const;
  // Fast-forward only, from the branch of the same name at `origin`.
  base::Result<void> pull() const;
  base::Result<void> push() const;

  // A working tree of its own in `place`, on a branch; made at `from` where the branch is new.
  // The folder in it that is this one.
  base::Result<std::filesystem::path> add_worktree(const std::filesystem::path& place,
                                                   std::string_view branch,
                                                   std::string_view from) const;
  // failed_precondition: something in it is not committed.
  base::Result<void> remove_worktree(const std::filesystem::path& place) const;

  // The folder's place in its repository: "" or "examples/signup/".
  base::Result<std::string> prefix() const;

 private:
  struct Order {
    std::vector<std::string> arguments;
    std::string input;
    std::vector<std::string> environment;
    bool goes_out = false;  // to another machine: a longer limit
  };
  base::Result<std::string> run(const Order& order) const;
  base::Result<std::string> run(std::vector<std::string> arguments) const;
  // The hash of a commit. invalid_argument: no name of one; not_found.
  base::Result<std::string> hash_of(std::string_view revision) const;
  base::Result<std::string> branch() const;
  base::Result<bool> has_branch(std::string_view name) const;

  std::filesystem::path folder_;
  std::filesystem::path home_;
};

// Whether git would take it as a branch's name, and nothing would take it for an option.
bool is_branch_name(std::string_view text);

}  // namespace millrace::solutions
