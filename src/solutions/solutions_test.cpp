#include "solutions/solutions.hpp"

#include "solutions/folder.hpp"
#include "solutions/new_action.hpp"
#include "tests/support/solutions.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;
using base::Code;
using Outcome = Deploying::Outcome;

using SolutionsLoad = SolutionTest;
using SolutionsTests = SolutionTest;
using SolutionsDeploy = SolutionTest;
using SolutionsNewAction = SolutionTest;

TEST_F(SolutionsLoad, GivesAProgramAndWhatItsScriptsAre) {
  const auto loaded = load(solution, inspector, {});
  ASSERT_TRUE(loaded) << loaded.error().describe();
  ASSERT_TRUE(loaded->program);
  EXPECT_EQ(loaded->program->solution, "Hotel");
  EXPECT_EQ(loaded->errors(), 0u);
  EXPECT_EQ(loaded->script_notes, std::vector<std::string>{"X keeps its worker"});
  EXPECT_EQ(inspector.asked_for, std::vector<std::string>{"Hotel"});
}

TEST_F(SolutionsLoad, GivesNoProgramWhenAnyPartHasAnError) {
  inspector.problems = {{.severity = flow::Severity::error, .file = "app.py", .message = "broken"}};
  const auto loaded = load(solution, inspector, {});
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(loaded->program);
  EXPECT_EQ(loaded->errors(), 1u);
  EXPECT_FALSE(load(folder.path / "nowhere", inspector, {}));
}

TEST_F(SolutionsLoad, AddsTheLibrarysScriptsThatFlowsName) {
  write("nodes:\n  get:\n    do: MakeAPICall\n    outputs: [success]\n    on: {error: bye}\n" +
        kCity + bye("Bye"));
  const auto loaded = load(solution, inspector, {});
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->files.contains("action_nodes/MakeAPICall.py"));
  EXPECT_TRUE(loaded->facts.scripts.contains("MakeAPICall"));
}

TEST_F(SolutionsTests, ArePlayedOnSeveralThreadsAndKeepTheirOrder) {
  std::string text = "tests:\n";
  for (int i = 0; i < 20; ++i) {
    const bool is_right = i % 4 != 0;
    text += "  - name: case " + std::to_string(i) +
            "\n    steps:\n      - say: hi\n      - expect: " +
            (is_right ? "Which city?" : "Something else") + "\n";
  }
  write_file(solution / "tests" / "a.test.yaml", text);
  const auto loaded = load(solution, inspector, {});
  const auto run = test(solution, loaded->program, {.jobs = 3});
  ASSERT_TRUE(run) << run.error().describe();
  ASSERT_EQ(run->outcomes.size(), 20u);
  for (size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(run->outcomes[i].test->name, "case " + std::to_string(i));
    EXPECT_EQ(run->outcomes[i].passed, i % 4 != 0) << i;
  }
  EXPECT_EQ(run->failed(), 5u);
  EXPECT_FALSE(run->passed());
  EXPECT_EQ(run->coverage.nodes_seen(), 1u);
  EXPECT_EQ(test(solution, loaded->program, {.filter = "case 1"})->outcomes.size(), 11u);
}

TEST_F(SolutionsTests, AreNotPlayedWhenAFileOfTheirsIsWrong) {
  write_file(solution / "tests" / "a.test.yaml", "tests:\n  - nmae: x\n");
  const auto loaded = load(solution, inspector, {});
  const auto run = test(solution, loaded->program, {});
  ASSERT_TRUE(run);
  EXPECT_FALSE(run->problems.empty());
  EXPECT_TRUE(run->outcomes.empty());
  EXPECT_FALSE(run->passed());
}

TEST_F(SolutionsDeploy, InstallsAVersionAndNumbersIt) {
  const Deployment first = deployed("Bye");
  EXPECT_EQ(first.version, 1);
  EXPECT_EQ(current(), first.hash);
  EXPECT_EQ(deployed("Ciao").version, 2);
  EXPECT_EQ(program(first.hash)->hash, first.hash);
  EXPECT_TRUE(holdings->files.contains("deployments.json"));
}

TEST_F(SolutionsDeploy, DeploysNothingThatHasErrorsOrFailsItsTests) {
  write("nodes:\n  city:\n    aks: Which city?\n");
  EXPECT_EQ(deploy(order(), deployments(), inspector, {})->outcome, Outcome::has_errors);
  write("nodes:\n" + kCity + bye("Bye"));
  write_file(solution / "tests" / "a.test.yaml",
             "tests:\n  - name: x\n    steps:\n      - say: hi\n      - expect: No\n");
  DeployOrder with_tests = order();
  with_tests.skips_tests = false;
  const auto done = deploy(with_tests, deployments(), inspector, {});
  EXPECT_EQ(done->outcome, Outcome::fails_tests);
  EXPECT_EQ(done->tests->failed(), 1u);
  EXPECT_TRUE(deployments().all().empty());
}

TEST_F(SolutionsDeploy, OfTheCurrentVersionChangesNoMoreThanWhatHappensToChats) {
  deployed("Bye");
  EXPECT_EQ(deploy(order(), deployments(), inspector, {})->outcome, Outcome::was_current);
  EXPECT_EQ(deployments().all().size(), 1u);
  DeployOrder migrating = order();
  migrating.on_live = runtime::OnLive::migrate;
  const auto done = deploy(migrating, deployments(), inspector, {});
  EXPECT_EQ(done->outcome, Outcome::was_current);
  EXPECT_EQ(deployments().current("Hotel")->on_live, runtime::OnLive::migrate);
  EXPECT_EQ(deployments().current("Hotel")->version, 1);
}

TEST_F(SolutionsDeploy, TellsALostRecordFromOneThatWasNeverMade) {
  deployed("Bye");
  fs::remove(Deployments::file_in(data));
  EXPECT_EQ(Deployments::open(data, holdings).error().code, Code::failed_precondition);
  EXPECT_TRUE(Deployments::open(data, std::make_shared<FakeHoldings>()));
  write_file(Deployments::file_in(data), "{}");
  EXPECT_EQ(Deployments::open(data, holdings).error().code, Code::data_loss);
}

TEST_F(SolutionsDeploy, ReadsNoVersionWhoseFilesHaveChanged) {
  const Deployment first = deployed("Bye");
  write_file(data / "versions" / first.hash / "flows" / "main.flow.yaml",
             "nodes:\n" + kCity + bye("Changed"));
  EXPECT_EQ(versions.program(first.hash).error().code, Code::data_loss);
}

TEST(SolutionsFolder, InstallsAVersionOnceAndWhole) {
  fakes::Folder folder;
  const flow::Files files{{"app.py", "A"}, {"templates/bot.csv", "B"}, {"facts.json", "{}"}};
  const auto installed = install_files(folder.path / "versions", "abc", files);
  ASSERT_TRUE(installed) << installed.error().describe();
  ASSERT_TRUE(install_files(folder.path / "versions", "abc", {}));
  const auto back = read_folder(*installed);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->size(), 2u);
  EXPECT_TRUE(fs::exists(*installed / "facts.json"));
  EXPECT_EQ(*installed_versions(folder.path / "versions"), std::vector<std::string>{"abc"});
  EXPECT_FALSE(read_folder(folder.path));
}

TEST_F(SolutionsNewAction, WritesAScriptAndItsTestOnce) {
  const auto written = write_action_node(solution, "SendBooking", {});
  ASSERT_TRUE(written) << written.error().describe();
  EXPECT_EQ(*written, (std::vector<fs::path>{solution / "action_nodes" / "SendBooking.py",
                                             solution / "tests" / "SendBooking.test.yaml"}));
  EXPECT_EQ(write_action_node(solution, "SendBooking", {}).error().code, Code::already_exists);
  EXPECT_EQ(write_action_node(solution, "class", {}).error().code, Code::invalid_argument);
  EXPECT_EQ(write_action_node(solution, "../x", {}).error().code, Code::invalid_argument);
  EXPECT_EQ(write_action_node(folder.path, "Other", {}).error().code, Code::not_found);
}

}  // namespace
}  // namespace millrace::solutions
