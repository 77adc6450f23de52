// People who are known by several ids, through the runtime's public header: which chat their words
// belong to, and where it goes on.
#include <gtest/gtest.h>

#include "tests/example.hpp"
#include "tests/fakes/identities.hpp"
#include "tests/simulation/calm_world.hpp"

namespace millrace {
namespace {

using dialog::Phase;

class RuntimeJoined : public simulation::CalmWorld {
 protected:
  RuntimeJoined() {
    static const auto program = std::make_shared<const flow::Program>(testing_support::load_desk());
    solutions_.deploy(runtime::make_solution(program));
    restart();
    const base::Id one = id_of("one");
    const base::Id other = id_of("other");
    person_ = one < other ? "one" : "other";
    joined_ = one < other ? "other" : "one";
  }

  static base::Id id_of(const std::string& sender) { return base::Id::derived("rest", sender); }
  void join() {
    identities_.join(id_of("one"), id_of("other"), [](auto person) { ASSERT_TRUE(person); });
  }
  runtime::Receipt say(const std::string& sender, const std::string& id, const std::string& text) {
    auto request = from(sender, id, text);
    request.begin->channel = "rest";
    request.begin->address = sender;
    request.joined = identities_.line(request.consumer);
    const auto answer = converse(std::move(request));
    EXPECT_TRUE(answer) << answer.error().describe();
    return answer ? answer->receipt : runtime::Receipt();
  }
  dialog::State state_of(const std::string& sender, base::Id chat) {
    return await<runtime::Snapshot>(
               [&](auto done) { runtime_->snapshot(id_of(sender), chat, 0, std::move(done)); })
        ->state;
  }
  void end(const std::string& sender, base::Id chat) {
    ASSERT_TRUE(await<void>(
        [&](auto done) { runtime_->end(id_of(sender), chat, "over", std::move(done)); }));
  }

  fakes::Identities identities_;
  std::string person_;  // whose id is the smaller one
  std::string joined_;  // to them
};

TEST_F(RuntimeJoined, HaveOneChatFromThenOnByWhicheverWayTheyCome) {
  join();
  const auto begun = say(joined_, "1", "Ada");
  EXPECT_EQ(say(person_, "2", "a room").chat, begun.chat);
  EXPECT_EQ(state_of(person_, begun.chat).consumer, id_of(person_));
  restart();
  EXPECT_EQ(say(joined_, "3", "a key").chat, begun.chat);
}

TEST_F(RuntimeJoined, LoseNoChatThatWasUnderWayWhichGoesOnUntilItEnds) {
  const auto of_person = say(person_, "1", "Ada");
  const auto of_joined = say(joined_, "1", "Ada");
  EXPECT_NE(of_person.chat, of_joined.chat);
  join();
  EXPECT_EQ(say(person_, "2", "a room").chat, of_person.chat);
  EXPECT_EQ(say(joined_, "2", "a room").chat, of_joined.chat);
  restart();
  EXPECT_EQ(say(joined_, "3", "a room").chat, of_joined.chat);
  end(joined_, of_joined.chat);
  EXPECT_EQ(say(joined_, "4", "a room").chat, of_person.chat) << "from now on there is one";
}

TEST_F(RuntimeJoined, AreAnsweredOnceForWhatTheySendTwiceAlsoAcrossTheJoin) {
  const auto first = say(joined_, "1", "Ada");
  end(joined_, first.chat);
  join();
  const auto again = say(joined_, "1", "Ada");
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.chat, first.chat);
  const auto next = say(joined_, "2", "Ada");
  EXPECT_FALSE(next.repeated);
  EXPECT_TRUE(say(joined_, "2", "Ada").repeated);
}

TEST_F(RuntimeJoined, AreAnsweredWhereTheySpokeLast) {
  join();
  const auto begun = say(joined_, "1", "Ada");
  EXPECT_EQ(state_of(person_, begun.chat).address, joined_);
  say(person_, "2", "a room");
  EXPECT_EQ(state_of(person_, begun.chat).address, person_);
  restart();
  EXPECT_EQ(state_of(person_, begun.chat).address, person_);
}

// Each way counts from one.
TEST_F(RuntimeJoined, AreNotTakenForOneAnotherWhereTheirMessagesHaveOneId) {
  join();
  const auto first = say(person_, "1", "Ada");
  const auto second = say(joined_, "1", "Ada");
  EXPECT_FALSE(second.repeated);
  EXPECT_EQ(second.chat, first.chat);
  EXPECT_GT(second.sequence, first.sequence);
  EXPECT_FALSE(say(joined_, std::string(128, 'x'), "a room").repeated) << "the longest there is";
  EXPECT_TRUE(say(joined_, "1", "Ada").repeated);
  EXPECT_TRUE(say(person_, "1", "Ada").repeated);
  restart();
  EXPECT_TRUE(say(joined_, "1", "Ada").repeated);
}

}  // namespace
}  // namespace millrace
