#include "engage/long_polls.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "base/json.hpp"
#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/lanes.hpp"

namespace millrace::engage {
namespace {

struct Heard {
  std::shared_ptr<web::Socket> socket;
  std::vector<std::string> texts;
  bool takes_binary = false;
  bool is_closed = false;
};

class Listener final : public web::SocketHandler {
 public:
  explicit Listener(Heard& heard) : heard_(heard) {}
  void opened(std::shared_ptr<web::Socket> socket) override { heard_.socket = std::move(socket); }
  void received_text(std::string_view text) override { heard_.texts.emplace_back(text); }
  bool received_binary(std::string_view) override { return heard_.takes_binary; }
  void closed() override { heard_.is_closed = true; }

 private:
  Heard& heard_;
};

class LongPollSessions : public testing::Test {
 protected:
  struct Answer {
    int64_t status = 0;  // 0: none yet
    std::string token;
    size_t messages = 0;
  };
  web::Respond into(Answer& answer) {
    return [&answer](web::Response response) {
      const json::object body = json::parse(response.body)->get_object();
      answer = {*json::get_integer(body, "status"),
                std::string(json::get_string(body, "token").value_or("")),
                body.at("messages").get_array().size()};
    };
  }
  Answer open(Heard& heard, const std::string& network = "192.0.2.1") {
    Answer answer;
    polls_.open(network, std::make_shared<Listener>(heard), into(answer));
    return answer;
  }
  Answer push(const std::string& token, std::string_view frames) {
    Answer answer;
    polls_.push(token, frames, into(answer));
    return answer;
  }

  std::deque<Heard> heard_;  // stays where it is, for longer than the sessions
  fakes::Clock clock_;
  fakes::Lanes lanes_{clock_};
  fakes::SeededChance chance_{1};
  LongPolls polls_{lanes_, clock_, chance_, {.sessions_max = 8, .unsent_bytes_max = 10}};
};

TEST_F(LongPollSessions, GiveWhatComesToTheQuestionThatWaits) {
  Heard& heard = heard_.emplace_back();
  const std::string token = open(heard).token;
  Answer first, second;
  polls_.poll(token, into(first));
  EXPECT_EQ(first.status, 0);
  polls_.poll(token, into(second));
  EXPECT_EQ(first.status, 204) << "another question takes its place";
  heard.socket->send_text("one");
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.messages, 1U);
  heard.socket->send_text("two");
  heard.socket->send_text("three");
  polls_.poll(token, into(first));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.messages, 2U);
}

TEST_F(LongPollSessions, AnswerInTimeThatNothingCame) {
  Heard& heard = heard_.emplace_back();
  const std::string token = open(heard).token;
  Answer answer;
  polls_.poll(token, into(answer));
  lanes_.pass(9'999);
  EXPECT_EQ(answer.status, 0);
  lanes_.pass(1);
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.token, token);
}

TEST_F(LongPollSessions, EndWhenNobodyAsksForLong) {
  Heard& heard = heard_.emplace_back();
  const std::string token = open(heard).token;
  lanes_.pass(29'000);
  Answer answer;
  polls_.poll(token, into(answer));
  lanes_.pass(35'000);
  EXPECT_EQ(answer.status, 204);
  EXPECT_FALSE(heard.is_closed);
  lanes_.pass(60'000);
  EXPECT_TRUE(heard.is_closed);
  polls_.poll(token, into(answer));
  EXPECT_EQ(answer.status, 410);
  EXPECT_EQ(lanes_.waiting(), 0U) << "nothing looks after it any more";
}

TEST_F(LongPollSessions, EndWithMoreThanIsFetched) {
  Heard& heard = heard_.emplace_back();
  const std::string token = open(heard).token;
  heard.socket->send_text("12345");
  heard.socket->send_text("67890");
  heard.socket->send_text("1");
  Answer answer;
  polls_.poll(token, into(answer));
  EXPECT_EQ(answer.status, 410);
}

TEST_F(LongPollSessions, TakeALineForAFrame) {
  Heard& heard = heard_.emplace_back();
  const std::string token = open(heard).token;
  EXPECT_EQ(push(token, "[1]\n\n{}\nno frame\n").status, 200);
  EXPECT_EQ(heard.texts, (std::vector<std::string>{"[1]", "{}", "no frame"}));
}

TEST_F(LongPollSessions, HearNothingAfterTheFrameThatEndsThem) {
  Heard& heard = heard_.emplace_back();
  const std::string token = open(heard).token;
  EXPECT_EQ(push(token, "[1]\nAAAA\n[2]").status, 410);
  EXPECT_EQ(heard.texts, std::vector<std::string>{"[1]"});
  EXPECT_TRUE(heard.is_closed);
  Heard& taking = heard_.emplace_back();
  taking.takes_binary = true;
  const std::string another = open(taking).token;
  EXPECT_EQ(push(another, "[1]\nAAAA\n[2]").status, 200);
  EXPECT_EQ(taking.texts.size(), 2U);
}

TEST_F(LongPollSessions, EndWithTooManyFramesAtOnce) {
  std::string frames = "[0]";
  for (int i = 1; i < 100; ++i) frames += "\n[0]";
  Heard& heard = heard_.emplace_back();
  const std::string token = open(heard).token;
  EXPECT_EQ(push(token, frames).status, 200);
  EXPECT_EQ(heard.texts.size(), 100U);
  EXPECT_EQ(push(token, frames + "\n").status, 410);
  EXPECT_EQ(heard.texts.size(), 100U);
  EXPECT_TRUE(heard.is_closed);
}

TEST_F(LongPollSessions, OfOneNetworkLeaveRoomForTheOthers) {
  const auto opens = [&](const std::string& network) {
    return open(heard_.emplace_back(), network).status;
  };
  size_t count = 0;
  while (opens("192.0.2.1") == 410) ++count;
  EXPECT_EQ(count, 4U) << "half of the eight";
  EXPECT_EQ(opens("192.0.2.1"), 500);
  EXPECT_FALSE(heard_.back().socket);
  EXPECT_FALSE(heard_.back().is_closed) << "it was never opened";
  for (const size_t more : {2U, 1U, 1U}) {
    const size_t before = count;
    const std::string network = "192.0.2." + std::to_string(count);
    while (opens(network) == 410) ++count;
    EXPECT_EQ(count - before, more) << "half of what is left";
  }
  EXPECT_EQ(opens("192.0.2.200"), 500) << "all are taken";
  lanes_.pass(60'000);
  EXPECT_EQ(opens("192.0.2.1"), 410) << "those that nobody asked for are over";
}

}  // namespace
}  // namespace millrace::engage
