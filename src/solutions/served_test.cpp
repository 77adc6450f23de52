#include "solutions/served.hpp"

#include <future>

#include "tests/fakes/log.hpp"
#include "tests/support/solutions.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
using runtime::OnLive;

class FakeHost final : public ScriptHost {
 public:
  void set_alone(bool is_alone) override { alone = is_alone; }
  base::Result<void> add_version(const flow::Program& program,
                                 const std::filesystem::path&) override {
    added.insert(program.hash);
    return {};
  }
  void prewarm(std::string_view hash) override { prewarmed = hash; }

  std::set<std::string> added;
  std::string prewarmed;
  bool alone = false;
};

class SolutionsServed : public SolutionTest {
 protected:
  Served served_by() { return {data, {inspector, host, holdings, {}, clock, log}}; }
  base::Result<void> add(Served& served) {
    return served.add({solution}, [this](const std::filesystem::path&, const flow::Problem& found) {
      problems.push_back(found.describe());
    });
  }

  fakes::Clock clock;
  fakes::NoLog log;
  FakeHost host;
  std::vector<std::string> problems;
};

TEST_F(SolutionsServed, ServesAFolderAsItIsNow) {
  Served served = served_by();
  ASSERT_TRUE(add(served));
  ASSERT_TRUE(served.take_up_all());
  const auto hotel = served.solutions().named("Hotel");
  ASSERT_TRUE(hotel);
  EXPECT_EQ(hotel->program->hash, current());
  EXPECT_EQ(host.added, std::set{current()});
  EXPECT_EQ(host.prewarmed, current());
  EXPECT_TRUE(host.alone);
  EXPECT_EQ(add(served).error().code, Code::already_exists);
}

TEST_F(SolutionsServed, RefusesAFolderWithErrorsAndTellsThem) {
  write("nodes:\n  city:\n    aks: Which city?\n");
  Served served = served_by();
  EXPECT_EQ(add(served).error().code, Code::invalid_argument);
  EXPECT_FALSE(problems.empty());
  EXPECT_TRUE(deployments().all().empty());
}

// Found by reading: a start with --solution put the policy of the last deploy back to pin, once
// deploying the current version again could change it.
TEST_F(SolutionsServed, StartingAgainChangesNothingForLiveChats) {
  DeployOrder migrating = order();
  migrating.on_live = OnLive::migrate;
  ASSERT_TRUE(deploy(migrating, deployments(), inspector, {}));
  Served served = served_by();
  ASSERT_TRUE(add(served));
  ASSERT_TRUE(served.take_up_all());
  EXPECT_EQ(deployments().all().size(), 1u);
  EXPECT_EQ(served.solutions().named("Hotel")->on_live, OnLive::migrate);
}

TEST_F(SolutionsServed, KeepsOldVersionsForTheirChats) {
  const Deployment a = deployed("A");
  const Deployment b = deployed("B");
  Served served = served_by();
  ASSERT_TRUE(served.take_up_all());
  EXPECT_EQ(served.solutions().named("Hotel")->program->hash, b.hash);
  EXPECT_FALSE(served.solutions().version(a.hash));
  ASSERT_TRUE(served.add_old_versions());
  EXPECT_TRUE(served.solutions().version(a.hash));
  EXPECT_EQ(host.added, (std::set{a.hash, b.hash}));
}

TEST_F(SolutionsServed, TakesUpWhatOthersDeployAndRollBack) {
  const Deployment a = deployed("A");
  Served served = served_by();
  ASSERT_TRUE(served.take_up_all());
  std::promise<std::string> taken;
  served.when_deployed([&](const std::string& name) { taken.set_value(name); });
  // Before it looks: nothing that was deployed since the start is missed.
  const Deployment b = deployed("B");
  served.watch();
  auto name = taken.get_future();
  ASSERT_EQ(name.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  served.stop_watching();
  EXPECT_EQ(served.solutions().named("Hotel")->program->hash, b.hash);
}

}  // namespace
}  // namespace millrace::solutions
