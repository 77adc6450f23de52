// A folder as authors work on it: what is reached, and saving all or none.
#include "solutions/workspace/workspace.hpp"

#include "posix/files.hpp"
#include "tests/support/solutions.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
namespace fs = std::filesystem;

class SolutionsWorkspace : public testing::Test {
 protected:
  SolutionsWorkspace() : workspace(folder.path / "One") {
    write_file(root() / "app.py", "NAME = 'One'\n");
    write_file(root() / "flows/main.flow.yaml", "nodes:\n");
    write_file(root() / ".git/config", "secret");
    write_file(folder.path / "outside", "not yours");
  }
  fs::path root() const { return folder.path / "One"; }
  std::string text(const std::string& path) const {
    return posix::read_file(root() / path).value_or("(none)");
  }
  static std::string hash(std::string_view text) { return hash_of_text(text); }

  fakes::Folder folder;
  Workspace workspace;
};

TEST_F(SolutionsWorkspace, ListsItsFilesAndNothingHidden) {
  fs::create_symlink(folder.path / "outside", root() / "link");
  fs::create_directory_symlink(folder.path, root() / "up");
  const auto files = workspace.list();
  ASSERT_TRUE(files);
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[0].path, "app.py");
  EXPECT_EQ((*files)[0].kind, "script");
  EXPECT_EQ((*files)[1].kind, "flow");
  EXPECT_EQ((*files)[1].hash, hash("nodes:\n"));
}

TEST_F(SolutionsWorkspace, ReachesNothingOutside) {
  fs::create_symlink(folder.path / "outside", root() / "link");
  fs::create_directory_symlink(folder.path, root() / "up");
  for (const std::string path :
       {"../outside", "/etc/passwd", "flows/../../outside", "link", "up/outside", ".git/config",
        "flows/.hidden", "", ".", "flows//main.flow.yaml", "flows/", "a\\b", "a\nb", "flows",
        "app.py/x"}) {
    EXPECT_EQ(workspace.read(path).error().code, Code::invalid_argument) << path;
    const auto saved = workspace.save({{.path = path, .text = "mine"}});
    ASSERT_FALSE(saved) << path;
    EXPECT_EQ(saved.error().code, Code::invalid_argument) << path;
  }
  EXPECT_EQ(posix::read_file(folder.path / "outside").value(), "not yours");
  EXPECT_EQ(workspace.read("flows/other.flow.yaml").error().code, Code::not_found);
}

TEST_F(SolutionsWorkspace, SavesAllThatWasDecidedOnWhatIsThere) {
  const auto saved = workspace.save({
      {.path = "flows/main.flow.yaml", .base = hash("nodes:\n"), .text = "nodes: {}\n"},
      {.path = "messages/de.yaml", .base = "", .text = "system: {}\n"},
      {.path = "app.py", .base = hash("NAME = 'One'\n"), .moves_to = "old/app.txt"},
  });
  ASSERT_TRUE(saved) << saved.error().describe();
  EXPECT_TRUE(saved->conflicts.empty());
  EXPECT_EQ(saved->files.size(), 3u);
  EXPECT_EQ(text("flows/main.flow.yaml"), "nodes: {}\n");
  EXPECT_EQ(text("messages/de.yaml"), "system: {}\n");
  EXPECT_EQ(text("old/app.txt"), "NAME = 'One'\n");
  EXPECT_EQ(text("app.py"), "(none)");
  EXPECT_FALSE(fs::exists(root() / ".millrace"));
  ASSERT_TRUE(
      workspace.save({{.path = "old/app.txt", .base = hash("NAME = 'One'\n"), .removes = true}}));
  EXPECT_EQ(text("old/app.txt"), "(none)");
}

TEST_F(SolutionsWorkspace, SavesNothingWhereOneFileIsAnotherByNow) {
  const auto saved = workspace.save({
      {.path = "flows/main.flow.yaml", .base = hash("nodes:\n"), .text = "mine"},
      {.path = "app.py", .base = hash("as it was"), .text = "mine"},
      {.path = "flows/new.flow.yaml", .base = hash("there was one"), .text = "mine"},
  });
  ASSERT_TRUE(saved);
  ASSERT_EQ(saved->conflicts.size(), 2u);
  EXPECT_EQ(saved->conflicts[0].path, "app.py");
  EXPECT_EQ(saved->conflicts[0].text, "NAME = 'One'\n");
  EXPECT_EQ(saved->conflicts[1].hash, "");
  EXPECT_TRUE(saved->files.empty());
  EXPECT_EQ(text("flows/main.flow.yaml"), "nodes:\n");
}

TEST_F(SolutionsWorkspace, RefusesASaveThatSaysTwoThings) {
  using Changes = std::vector<FileChange>;
  const std::string was = hash("NAME = 'One'\n");
  for (const Changes& changes :
       {Changes{}, Changes{{.path = "app.py", .base = was}},
        Changes{{.path = "app.py", .base = was, .text = "x", .removes = true}},
        Changes{{.path = "app.py", .base = was, .text = "x"},
                {.path = "app.py", .base = was, .text = "y"}},
        Changes{{.path = "app.py", .base = was, .text = "\xff"}},
        Changes{{.path = "app.py", .base = was, .text = std::string(kSavedBytesMax + 1, 'x')}},
        Changes(kSavedFilesMax + 1, {.path = "a", .text = ""})}) {
    const auto saved = workspace.save(changes);
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code, Code::invalid_argument);
  }
  EXPECT_EQ(text("app.py"), "NAME = 'One'\n");
}

TEST_F(SolutionsWorkspace, IsTheSameFolderWithASlashBehindIt) {
  const Workspace same(root() / "");
  EXPECT_EQ(same.folder(), root());
  ASSERT_TRUE(same.save({{.path = "messages/de.yaml", .text = "x: 1\n"}}));
  EXPECT_EQ(text("messages/de.yaml"), "x: 1\n");
}

// As a crash leaves it, once the plan is there: after none, one and both of its moves.
TEST_F(SolutionsWorkspace, FinishesWhatACrashCutShort) {
  for (int moved = 0; moved <= 2; ++moved) {
    write_file(root() / "app.py", moved > 0 ? "new app" : "NAME = 'One'\n");
    write_file(root() / "flows/main.flow.yaml", "nodes:\n");
    const fs::path beside = root() / ".millrace/save";
    if (moved == 0) write_file(beside / "new-0", "new app");
    if (moved == 2) {
      fs::create_directories(beside);
      fs::rename(root() / "flows/main.flow.yaml", beside / "old-1");
    }
    write_file(beside / "plan.json", R"({"steps":[{"path":"app.py","fresh":"new-0"},)"
                                     R"({"path":"flows/main.flow.yaml","fresh":""}]})");
    ASSERT_TRUE(workspace.finish()) << moved;
    EXPECT_EQ(text("app.py"), "new app") << moved;
    EXPECT_EQ(text("flows/main.flow.yaml"), "(none)") << moved;
    EXPECT_FALSE(fs::exists(beside)) << moved;
  }
  // Without a plan nothing was decided.
  write_file(root() / ".millrace/save/new-0", "half");
  ASSERT_TRUE(workspace.finish());
  EXPECT_EQ(text("app.py"), "new app");
}

TEST_F(SolutionsWorkspace, LeavesModelsAndSchemasWhereTheyAreHidden) {
  const fs::path model = root() / ".millrace/nlu-0123456789abcdef.model";
  const fs::path schema = root() / ".millrace/schemas/flow.schema.json";
  write_file(model, "a model");
  write_file(schema, "{}");
  ASSERT_TRUE(workspace.finish());
  ASSERT_TRUE(workspace.save({{.path = "messages/de.yaml", .text = "x: 1\n"}}));
  EXPECT_TRUE(fs::exists(model));
  EXPECT_TRUE(fs::exists(schema));
  EXPECT_FALSE(fs::exists(root() / ".millrace/save"));
}

TEST_F(SolutionsWorkspace, TellsWhatRunsOnTheServerFromWhatIsSaid) {
  for (const char* path : {"flows/main.flow.yaml", "templates/bot.csv", "messages/de.yaml",
                           "nlu/en.yaml", "tests/a.test.yaml", "README.md"}) {
    EXPECT_TRUE(is_authors_file(path)) << path;
  }
  for (const char* path : {"app.py", "action_nodes/A.py", "solution.yaml", "requirements.txt",
                           "wheels/a.whl", "certs/ca.pem", "flows/deep/main.flow.yaml",
                           "tests/a.py", "anything", "action_nodes/x.md"}) {
    EXPECT_FALSE(is_authors_file(path)) << path;
  }
}

}  // namespace
}  // namespace millrace::solutions
