// Workspaces of solutions, proposals of changes, and drafts from memory.
#include "solutions/workspace/workspaces.hpp"

#include "solutions/workspace/drafts.hpp"
#include "solutions/workspace/proposals.hpp"
#include "tests/support/solutions.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
namespace fs = std::filesystem;

const flow::Files kFiles{
    {"app.py", "CSV_BOTS = ['One']\n"},
    {"flows/main.flow.yaml", "nodes:\n  a:\n    say: Hello\n  b:\n    say: Bye\n    end: true\n"}};

class SolutionsWorkspaces : public testing::Test {
 protected:
  SolutionsWorkspaces()
      : workspaces(folder.path / "data",
                   {{"One", folder.path / "One"}, {"Two", folder.path / "Two"}}) {
    for (const char* name : {"One", "Two"}) {
      for (const auto& [path, text] : kFiles) write_file(folder.path / name / path, text);
    }
  }
  void make_repository() {
    const std::string at = "git -C '" + (folder.path / "One").string() + "' ";
    ASSERT_EQ(std::system(("git init -q -b main '" + (folder.path / "One").string() + "'").c_str()),
              0);
    ASSERT_EQ(std::system((at + "add . && " + at +
                           "-c user.name=a -c user.email=a@x.invalid commit -q -m Begin")
                              .c_str()),
              0);
  }

  fakes::Folder folder;
  Workspaces workspaces;
};

TEST_F(SolutionsWorkspaces, HaveOneAlwaysAndOthersInARepository) {
  EXPECT_EQ(workspaces.list("One")->size(), 1u);
  EXPECT_EQ(workspaces.list("Three").error().code, Code::not_found);
  EXPECT_EQ(workspaces.open("One", "other").error().code, Code::not_found);
  EXPECT_EQ(workspaces.open("One", "..").error().code, Code::not_found);
  EXPECT_EQ(workspaces.add("One", "other", "").error().code, Code::failed_precondition);
  make_repository();
  const auto added = workspaces.add("One", "try/new", "");
  ASSERT_TRUE(added) << added.error().describe();
  EXPECT_EQ(added->id, "try-new");
  EXPECT_EQ(workspaces.add("One", "try/new", "").error().code, Code::already_exists);
  EXPECT_EQ(workspaces.add("One", "--force", "").error().code, Code::invalid_argument);
  ASSERT_EQ(workspaces.list("One")->size(), 2u);
  EXPECT_EQ(workspaces.list("One")->at(1).branch, "try/new");
  EXPECT_EQ(workspaces.open("Two", "try-new").error().code, Code::not_found);
  {
    const auto turn = workspaces.open("One", "try-new");
    ASSERT_TRUE(turn);
    EXPECT_EQ(*turn->workspace.read("app.py"), kFiles.at("app.py"));
    ASSERT_TRUE(turn->workspace.save({{.path = "flows/x.flow.yaml", .text = "nodes: {}\n"}}));
    EXPECT_EQ(turn->git.status()->changed.size(), 1u);
  }
  EXPECT_EQ(workspaces.remove("One", "main").error().code, Code::invalid_argument);
  EXPECT_EQ(workspaces.remove("One", "try-new").error().code, Code::failed_precondition);
  ASSERT_TRUE(workspaces.open("One", "try-new")
                  ->workspace.save({{.path = "flows/x.flow.yaml",
                                     .base = hash_of_text("nodes: {}\n"),
                                     .removes = true}}));
  ASSERT_TRUE(workspaces.remove("One", "try-new"));
  EXPECT_EQ(workspaces.list("One")->size(), 1u);
}

TEST_F(SolutionsWorkspaces, ProposeTheOtherNotation) {
  const auto csv = converted(kFiles, "csv");
  ASSERT_TRUE(csv) << csv.error().describe();
  ASSERT_EQ(csv->files.size(), 2u);
  EXPECT_EQ(csv->files[0].path, "templates/bot.csv");
  EXPECT_FALSE(csv->files[1].text);
  flow::Files back{{"app.py", ""}, {"templates/bot.csv", *csv->files[0].text}};
  const auto yaml = converted(back, "yaml");
  ASSERT_TRUE(yaml);
  EXPECT_EQ(yaml->files.back().path, "templates/bot.csv");
  EXPECT_EQ(converted(kFiles, "yaml").error().code, Code::not_found);
  back["flows/main.flow.yaml"] = "";
  EXPECT_EQ(converted(back, "yaml").error().code, Code::already_exists);
}

TEST_F(SolutionsWorkspaces, ProposeAnotherNameAndALayout) {
  const auto proposal = renamed(kFiles, "main.b", "bye");
  ASSERT_TRUE(proposal) << proposal.error().describe();
  ASSERT_EQ(proposal->files.size(), 1u);
  EXPECT_TRUE(proposal->files[0].text->contains("  bye:\n    was: main.b\n"));
  EXPECT_EQ(renamed(kFiles, "main.c", "bye").error().code, Code::not_found);
  EXPECT_EQ(*laid_out("a.yaml", "a:   1\n"), "a: 1\n");
  EXPECT_EQ(laid_out("a.csv", "a,b\n").error().code, Code::invalid_argument);
  EXPECT_EQ(laid_out("a.yaml", "a: [\n").error().code, Code::invalid_argument);
}

TEST_F(SolutionsWorkspaces, TellTwoStatesApartNodeByNode) {
  flow::Files after = kFiles;
  after["flows/main.flow.yaml"] = "nodes:\n  # a note\n  a:\n    say: Hi\n  c:\n    say: New\n";
  const Difference found = difference(kFiles, after);
  ASSERT_EQ(found.nodes.size(), 3u);
  EXPECT_EQ(found.nodes[0].id + found.nodes[0].change, "main.achanged");
  EXPECT_EQ(found.nodes[1].id + found.nodes[1].change, "main.cadded");
  EXPECT_EQ(found.nodes[2].id + found.nodes[2].change, "main.bremoved");
  ASSERT_EQ(found.files.size(), 1u);
}

TEST_F(SolutionsWorkspaces, CheckDraftsFromMemoryAndInspectScriptsOnlyWhenTheyChange) {
  FakeInspector inspector;
  size_t folders = 0;
  Drafts drafts(inspector, {}, [&](const flow::Files& files, const auto& call) {
    ++folders;
    EXPECT_FALSE(files.contains("flows/main.flow.yaml"));
    return call(folder.path / "One");
  });
  flow::Files files{{"app.py", "CSV_BOTS = ['Test']\n"},
                    {"solution.yaml", "name: Test\n"},
                    {"flows/main.flow.yaml", kFiles.at("flows/main.flow.yaml")}};
  auto loaded = drafts.load(files);
  ASSERT_TRUE(loaded) << loaded.error().describe();
  EXPECT_TRUE(loaded->program);
  const auto broken = with_overlay(files, {{"flows/main.flow.yaml", "nodes: ["}});
  ASSERT_TRUE(broken);
  loaded = drafts.load(*broken);
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(loaded->program);
  EXPECT_EQ(folders, 1u);
  ASSERT_TRUE(drafts.load(*with_overlay(files, {{"app.py", "# another\n"}})));
  EXPECT_EQ(folders, 2u);
  EXPECT_EQ(drafts.load(*with_overlay(files, {{"app.py", std::nullopt}})).error().code,
            Code::invalid_argument);
  EXPECT_EQ(with_overlay(files, {{"../x", ""}}).error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace millrace::solutions
