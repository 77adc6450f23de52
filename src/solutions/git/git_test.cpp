// A solution's folder in a repository, through the program git itself.
#include "solutions/git/git.hpp"

#include <algorithm>

#include "tests/support/solutions.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
namespace fs = std::filesystem;

const GitPerson kAnna{"anna", "anna@operators.invalid"};

class SolutionsGit : public testing::Test {
 protected:
  SolutionsGit() : home(folder.path / "home"), git(folder.path / "repository/bots/One", home) {
    write_file(solution() / "app.py", "NAME = 'One'\n");
    write_file(solution() / "flows/main.flow.yaml", "nodes:\n  a:\n    say: Hello\n");
    system_git({"init", "-q", "-b", "main", (folder.path / "repository").string()});
  }
  fs::path solution() const { return folder.path / "repository/bots/One"; }
  // As somebody with a shell would.
  static void system_git(const std::vector<std::string>& words) {
    std::string command = "git";
    for (const std::string& word : words) command += " '" + word + "'";
    ASSERT_EQ(std::system((command + " >/dev/null 2>&1").c_str()), 0) << command;
  }
  void begin() { ASSERT_TRUE(git.commit({"app.py", "flows/main.flow.yaml"}, "Begin", kAnna)); }

  fakes::Folder folder;
  fs::path home;
  Git git;
};

TEST_F(SolutionsGit, TellsWhatIsChangedByPathsOfTheFolder) {
  ASSERT_TRUE(git.is_repository());
  EXPECT_FALSE(Git(home, home).is_repository());
  auto status = git.status();
  ASSERT_TRUE(status) << status.error().describe();
  EXPECT_EQ(status->branch, "main");
  EXPECT_EQ(status->head, "");
  ASSERT_EQ(status->changed.size(), 2u);
  EXPECT_EQ(status->changed[0].path, "app.py");
  EXPECT_EQ(status->changed[0].change, "untracked");
  begin();
  write_file(solution() / "flows/main.flow.yaml", "nodes:\n  a:\n    say: Good day\n");
  fs::remove(solution() / "app.py");
  write_file(solution().parent_path() / "Two/app.py", "");  // another's
  status = git.status();
  ASSERT_TRUE(status);
  ASSERT_EQ(status->changed.size(), 2u);
  EXPECT_EQ(status->changed[0].change, "deleted");
  EXPECT_EQ(status->changed[1].change, "modified");
}

TEST_F(SolutionsGit, CommitsWhatIsNamedAsWhoeverSaysSo) {
  begin();
  write_file(solution() / "flows/main.flow.yaml", "nodes:\n  a:\n    say: Good day\n");
  write_file(solution() / "flows/next.flow.yaml", "nodes:\n  b:\n    say: And?\n");
  const auto hash = git.commit({"flows/next.flow.yaml"}, "--amend is no option\n\nhere", kAnna);
  ASSERT_TRUE(hash) << hash.error().describe();
  const auto log = git.log({});
  ASSERT_TRUE(log);
  ASSERT_EQ(log->size(), 2u);
  EXPECT_EQ((*log)[0].hash, *hash);
  EXPECT_EQ((*log)[0].author, "anna");
  EXPECT_EQ((*log)[0].subject, "--amend is no option");
  EXPECT_EQ(git.status()->changed.size(), 1u);  // what was not named stays as it is
  EXPECT_EQ(git.log({.path = "flows/main.flow.yaml"})->size(), 1u);
  EXPECT_EQ(git.log({.path = "flows/main.flow.yaml", .lines = {{2, 3}}})->size(), 1u);
  EXPECT_EQ(git.commit({"flows/next.flow.yaml"}, "Again", kAnna).error().code,
            Code::failed_precondition);
}

TEST_F(SolutionsGit, ShowsDifferences) {
  begin();
  write_file(solution() / "flows/main.flow.yaml", "nodes:\n  a:\n    say: Good day\n");
  auto diff = git.diff("", "", "");
  ASSERT_TRUE(diff) << diff.error().describe();
  ASSERT_EQ(diff->files.size(), 1u);
  EXPECT_EQ(diff->files[0].path, "flows/main.flow.yaml");
  EXPECT_TRUE(diff->text.contains("+    say: Good day"));
  EXPECT_EQ(*git.show("HEAD", "flows/main.flow.yaml"), "nodes:\n  a:\n    say: Hello\n");
  ASSERT_TRUE(git.commit({"flows/main.flow.yaml"}, "More", kAnna));
  const auto first = git.log({})->back().hash;
  EXPECT_EQ(git.diff(first, "main", "")->files.size(), 1u);
}

TEST_F(SolutionsGit, TakesNothingForAnOption) {
  begin();
  for (const char* name : {"--output=/tmp/x", "-x", "a..b", "a b", "", "a//b", "HEAD", "x.lock",
                           "a/-b", "@{u}", "a\nb", "main:app.py", "^main", ".a"}) {
    EXPECT_FALSE(is_branch_name(name)) << name;
    EXPECT_EQ(git.switch_to(name, {}).error().code, Code::invalid_argument) << name;
    if (*name != 0 && std::string_view(name) != "HEAD") {
      EXPECT_EQ(git.diff(name, "", "").error().code, Code::invalid_argument) << name;
    }
  }
  EXPECT_TRUE(is_branch_name("feature/new-1.2_x"));
  // A path that begins with a dash is a path.
  write_file(solution() / "--all", "x");
  write_file(solution() / "other", "y");
  ASSERT_TRUE(git.commit({"--all"}, "A dash", kAnna));
  EXPECT_EQ(git.status()->changed.size(), 1u);
}

TEST_F(SolutionsGit, RunsNoHookAndNothingThatARepositorySettingNames) {
  begin();
  const fs::path mark = folder.path / "mark";
  const fs::path repository = folder.path / "repository";
  const fs::path hook = repository / ".git/hooks/pre-commit";
  write_file(hook, "#!/bin/sh\ntouch " + mark.string() + "\n");
  fs::permissions(hook, fs::perms::owner_all);
  system_git({"-C", repository.string(), "config", "core.fsmonitor", "touch " + mark.string()});
  system_git({"-C", repository.string(), "config", "diff.external", "touch " + mark.string()});
  write_file(solution() / "flows/main.flow.yaml", "nodes:\n  a:\n    say: Good day\n");
  ASSERT_TRUE(git.status());
  ASSERT_TRUE(git.diff("", "", ""));
  ASSERT_TRUE(git.commit({"flows/main.flow.yaml"}, "More", kAnna));
  EXPECT_FALSE(fs::exists(mark));
}

TEST_F(SolutionsGit, HasWorkingTreesOfTheirOwn) {
  begin();
  const fs::path place = folder.path / "trees/one";
  const auto added = git.add_worktree(place, "try/one", "");
  ASSERT_TRUE(added) << added.error().describe();
  EXPECT_EQ(*added / "", place / "bots/One/");
  EXPECT_TRUE(fs::exists(*added / "app.py"));
  const Git other(*added, home);
  EXPECT_EQ(other.status()->branch, "try/one");
  write_file(*added / "flows/main.flow.yaml", "nodes:\n  a:\n    say: Good day\n");
  EXPECT_EQ(git.status()->changed.size(), 0u);
  EXPECT_EQ(git.remove_worktree(place).error().code, Code::failed_precondition);
  ASSERT_TRUE(other.commit({"flows/main.flow.yaml"}, "More", kAnna));
  EXPECT_TRUE(git.remove_worktree(place));
  EXPECT_FALSE(fs::exists(place));
}

TEST_F(SolutionsGit, SwitchesPullsAndPushes) {
  begin();
  EXPECT_EQ(git.push().error().code, Code::failed_precondition);
  const fs::path remote = folder.path / "remote.git";
  const std::string repository = (folder.path / "repository").string();
  system_git({"init", "-q", "--bare", "-b", "main", remote.string()});
  system_git({"-C", repository, "remote", "add", "origin", remote.string()});
  ASSERT_TRUE(git.push());
  EXPECT_EQ(git.status()->remote, remote.string());
  ASSERT_TRUE(git.switch_to("other", "HEAD"));
  EXPECT_EQ(git.status()->branch, "other");
  EXPECT_EQ(git.switch_to("nothing", {}).error().code, Code::not_found);
  ASSERT_TRUE(git.switch_to("main", {}));
  // Somebody else's commit.
  const fs::path clone = folder.path / "clone";
  system_git({"clone", "-q", remote.string(), clone.string()});
  const Git theirs(clone / "bots/One", home);
  write_file(clone / "bots/One/flows/main.flow.yaml", "nodes:\n  a:\n    say: Theirs\n");
  ASSERT_TRUE(theirs.commit({"flows/main.flow.yaml"}, "Theirs", {"ben", "ben@x.invalid"}));
  ASSERT_TRUE(theirs.push());
  ASSERT_TRUE(git.pull()) << git.pull().error().describe();
  EXPECT_EQ(git.log({})->front().author, "ben");
  // And one of each: not told apart by a merge that nobody sees.
  write_file(clone / "bots/One/a", "1");
  ASSERT_TRUE(theirs.commit({"a"}, "A", {"ben", "ben@x.invalid"}));
  ASSERT_TRUE(theirs.push());
  write_file(solution() / "b", "2");
  ASSERT_TRUE(git.commit({"b"}, "B", kAnna));
  EXPECT_EQ(git.pull().error().code, Code::failed_precondition);
  EXPECT_EQ(git.push().error().code, Code::failed_precondition);
}

}  // namespace
}  // namespace millrace::solutions
