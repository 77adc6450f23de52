// Where people stand, and what became of those who came by.
#include "solutions/occupancy.hpp"

#include "tests/support/solutions.hpp"

namespace millrace::solutions {
namespace {

class SolutionsOccupancy : public SolutionTest {
 protected:
  SolutionsOccupancy() : version(deployed("Bye").hash) {}

  Occupancy counted(int64_t since_ms = 0, size_t chats_max = 100) {
    OccupancyChoice choice;
    choice.chats.solution = "Hotel";
    choice.since = {since_ms};
    choice.chats_max = chats_max;
    auto found = occupancy(archive, choice, kTestKey, versions);
    EXPECT_TRUE(found) << found.error().describe();
    return std::move(*found);
  }
  Talk begun(std::string_view who) {
    Talk talk(archive, program(version), who);
    talk.take(dialog::Started{});
    return talk;
  }

  const std::string version;
};

TEST_F(SolutionsOccupancy, CountsWhoStandsThereAndWhoCameBy) {
  Talk ada = begun("ada");
  Talk ben = begun("ben");
  ben.say("Porto");
  Talk eve = begun("eve");
  eve.take(dialog::EndRequested{std::string(dialog::kEndByConsumer)});
  const Occupancy found = counted();
  const auto& nodes = found.versions.at(version);
  EXPECT_EQ(nodes.at("main.city").here, 1U);
  EXPECT_EQ(nodes.at("main.city").passed, 3U);
  EXPECT_EQ(nodes.at("main.city").dropped, 1U);
  EXPECT_EQ(nodes.at("main.bye").here, 0U);
  EXPECT_EQ(nodes.at("main.bye").passed, 1U);
  EXPECT_EQ(nodes.at("main.bye").dropped, 0U) << "it came to its end";
  EXPECT_EQ(found.unreadable, 0U);
  EXPECT_TRUE(found.is_whole);
}

TEST_F(SolutionsOccupancy, LeavesOutWhatWasBefore) {
  Talk ada = begun("ada");
  const Occupancy found = counted(fakes::kSomeTimeMs + 1'000'000);
  EXPECT_EQ(found.versions.at(version).at("main.city").here, 1U);
  EXPECT_EQ(found.versions.at(version).at("main.city").passed, 0U);
}

TEST_F(SolutionsOccupancy, SaysThatItReadOnlySome) {
  begun("ada");
  begun("ben");
  EXPECT_FALSE(counted(0, 1).is_whole);
}

TEST_F(SolutionsOccupancy, DoesNotCountWhatCannotBeRead) {
  Talk ada = begun("ada");
  archive.record(ada.consumer, 1).body = "not a record";
  const Occupancy found = counted();
  EXPECT_TRUE(found.versions.empty());
  EXPECT_EQ(found.unreadable, 2U) << "once for where it stands, once for what it passed";
}

}  // namespace
}  // namespace millrace::solutions
