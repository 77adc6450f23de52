// Deploys and ways back from them, and what they mean to the people who are talking.
#include "solutions/impact.hpp"

#include "solutions/chats.hpp"
#include "tests/support/solutions.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
using runtime::OnLive;

class SolutionsRollback : public SolutionTest {
 protected:
  base::Result<RolledBack> roll(std::string to = "", OnLive on_live = OnLive::pin) {
    return roll_back({"Hotel", std::move(to), on_live, {fakes::kSomeTimeMs}}, deployments(),
                     conversations, versions);
  }
};
using SolutionsImpact = SolutionTest;
using SolutionsVersions = SolutionTest;

TEST_F(SolutionsRollback, GoesDownVersionByVersionAndNeverComesBack) {
  const std::string a = deployed("A").hash;
  const std::string b = deployed("B").hash;
  deployed("C");
  ASSERT_TRUE(roll());
  EXPECT_EQ(current(), b);
  ASSERT_TRUE(roll());
  EXPECT_EQ(current(), a);
  EXPECT_EQ(roll().error().code, Code::failed_precondition);
  EXPECT_EQ(current(), a);
}

TEST_F(SolutionsRollback, GoesFromWhatWasDeployedSinceToWhatItStandsOn) {
  const std::string a = deployed("A").hash;
  const std::string b = deployed("B").hash;
  deployed("C");
  ASSERT_TRUE(roll());
  deployed("D");
  ASSERT_TRUE(roll());
  EXPECT_EQ(current(), b);  // and not to C, which was left
  ASSERT_TRUE(roll());
  EXPECT_EQ(current(), a);
}

TEST_F(SolutionsRollback, GoesToTheVersionThatIsNamedAndDownFromThere) {
  const std::string a = deployed("A").hash;
  deployed("B");
  const std::string c = deployed("C").hash;
  ASSERT_TRUE(roll("v1"));
  EXPECT_EQ(current(), a);
  EXPECT_EQ(roll().error().code, Code::failed_precondition);
  // What was left comes back when it is named, or deployed again.
  ASSERT_TRUE(roll("v3"));
  EXPECT_EQ(current(), c);
  ASSERT_TRUE(roll());
  EXPECT_EQ(current(), a);
  EXPECT_EQ(roll("v9").error().code, Code::not_found);
}

TEST_F(SolutionsRollback, RefusesWhereNothingWasDeployed) {
  EXPECT_EQ(roll().error().code, Code::not_found);
  deployed("A");
  EXPECT_EQ(roll().error().code, Code::failed_precondition);
}

TEST_F(SolutionsRollback, NamesTheChatsThatStayOnTheVersionThatWasLeft) {
  const Deployment a = deployed("A");
  const Deployment b = deployed("B");
  Talk on_a(archive, program(a.hash), "ada");
  Talk bea(archive, program(b.hash), "bea");
  Talk bob(archive, program(b.hash), "bob");
  Talk over(archive, program(b.hash), "over");
  for (Talk* talk : {&on_a, &bea, &bob, &over}) talk->say("hi");
  over.say("Rome");
  ASSERT_EQ(over.state.phase, dialog::Phase::ended);
  const auto done = roll();
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->from.hash, b.hash);
  EXPECT_EQ(done->now.hash, a.hash);
  EXPECT_EQ(done->on_from, 2u);
  EXPECT_EQ(done->staying, 2u);
  EXPECT_EQ(done->can_migrate, 2u);
  EXPECT_EQ(std::set(done->named.begin(), done->named.end()), (std::set{bea.chat, bob.chat}));
}

TEST_F(SolutionsRollback, SaysWhoCannotMigrateWhereThatIsThePolicy) {
  const Deployment a = deployed("A");
  write("nodes:\n" + kCity + "  street:\n    ask: Which street?\n    variable: STREET\n" +
        bye("B"));
  const Deployment b = deployed();
  Talk at_city(archive, program(b.hash), "ada");
  at_city.say("hi");
  Talk at_street(archive, program(b.hash), "bob");
  at_street.say("hi");
  at_street.say("Rome");
  const auto done = roll("", OnLive::migrate);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->on_from, 2u);
  EXPECT_EQ(done->staying, 1u);
  EXPECT_EQ(done->can_migrate, 0u);
  EXPECT_EQ(done->named, std::vector{at_street.chat});
}

TEST_F(SolutionsRollback, MovesThoseWhoStayedWhenItIsAskedForAgainWithAnotherPolicy) {
  const Deployment a = deployed("A");
  deployed("B");
  ASSERT_TRUE(roll());
  ASSERT_TRUE(roll("v1", OnLive::migrate));
  EXPECT_EQ(current(), a.hash);
  EXPECT_EQ(deployments().current("Hotel")->on_live, OnLive::migrate);
  EXPECT_EQ(roll().error().code, Code::failed_precondition);
}

TEST_F(SolutionsRollback, NamesNoMoreThanItsBound) {
  deployed("A");
  const Deployment b = deployed("B");
  for (int i = 0; i < 25; ++i) {
    Talk(archive, program(b.hash), std::to_string(i), fakes::kSomeTimeMs + i).say("hi");
  }
  const auto done = roll();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->staying, 25u);
  ASSERT_EQ(done->named.size(), RolledBack::kNamedMax);
  EXPECT_EQ(done->named.front(), base::Id::derived("chat", "24"));  // the latest first
}

TEST_F(SolutionsRollback, IsDoneAlsoWhenNobodyCanBeCounted) {
  const Deployment a = deployed("A");
  deployed("B");
  archive.is_broken = true;
  const auto done = roll();
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().message.starts_with("v1 is deployed, but")) << done.error().message;
  EXPECT_EQ(current(), a.hash);
}

TEST_F(SolutionsImpact, CountsWhomADeployTouchesAndWhomItWouldLeaveBehind) {
  const Deployment a = deployed("A");
  Talk at_city(archive, program(a.hash), "ada");
  at_city.say("hi");
  Talk not_begun(archive, program(a.hash), "bob");
  write("nodes:\n" + kCity + bye("B"));
  const auto gentle = impact(*load(solution, inspector, {}), conversations, versions);
  ASSERT_TRUE(gentle) << gentle.error().describe();
  EXPECT_EQ(gentle->chats, 2u);
  EXPECT_EQ(gentle->stranded, 0u);
  write("nodes:\n  town:\n    ask: Which town?\n    variable: CITY\n" + bye("B"));
  const auto rough = impact(*load(solution, inspector, {}), conversations, versions);
  EXPECT_EQ(rough->stranded, 1u);
  EXPECT_EQ(rough->nodes.at("main.city").touched, 1u);
  EXPECT_EQ(rough->nodes.at("main.city").stranded, 1u);
}

TEST_F(SolutionsImpact, IsNothingWhereNobodyWasEverServed) {
  const auto found = impact(*load(solution, inspector, {}), {}, versions);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->chats, 0u);
}

TEST_F(SolutionsVersions, AreListedWithTheChatsOnThem) {
  const Deployment a = deployed("A");
  const Deployment b = deployed("B");
  Talk(archive, program(a.hash), "ada").say("hi");
  Talk(archive, program(b.hash), "bea").say("hi");
  Talk(archive, program(b.hash), "bob").say("hi");
  const auto listed = list_versions(deployments(), &archive);
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ(listed->at(0).live, 1u);
  EXPECT_FALSE(listed->at(0).is_current);
  EXPECT_EQ(listed->at(1).live, 2u);
  EXPECT_TRUE(listed->at(1).is_current);
}

}  // namespace
}  // namespace millrace::solutions
