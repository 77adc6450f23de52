// What the log and the trace get to see of a call, and how much of it.
#include "python/worker/running_call.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/log.hpp"

namespace millrace::python {
namespace {

class PythonRunningCall : public ::testing::Test {
 protected:
  RunningCall& begun(json::object context = {}) {
    PendingCall call;
    call.nonce = "n";
    call.command = "Book";
    call.chat_id = "chat-1";
    call.context = std::move(context);
    call.time_limit = std::chrono::milliseconds(500);
    call.done = [this](const runtime::ActionOutcome&) { ++told_; };
    call.since = moment_ - std::chrono::milliseconds(3);
    running_.begin(std::move(call), moment_, {1'000}, 7);
    return running_;
  }
  runtime::AttemptTrace end() {
    runtime::ActionOutcome outcome;
    running_.end(outcome, moment_ + std::chrono::milliseconds(2))(outcome);
    return outcome.trace;
  }

  fakes::KeptLog log_;
  Loop::Moment moment_ = Loop::now();
  RunningCall running_{log_, {3, 60, 100}, {{"planted-secret", "api_key"}}};
  int told_ = 0;
};

TEST_F(PythonRunningCall, TellsOnceWhoWaitsAndTracesTheTimes) {
  EXPECT_FALSE(running_.is_under_way());
  begun();
  EXPECT_TRUE(running_.is_under_way());
  EXPECT_EQ(running_.until(), moment_ + std::chrono::milliseconds(500));
  const auto trace = end();
  EXPECT_EQ(trace.began_at.ms, 1'000);
  EXPECT_EQ(trace.worker, 7u);
  EXPECT_EQ(trace.queued, std::chrono::milliseconds(3));
  EXPECT_EQ(trace.ran, std::chrono::milliseconds(2));
  EXPECT_EQ(told_, 1);
  EXPECT_FALSE(running_.is_under_way());
}

TEST_F(PythonRunningCall, LogsWithoutSecretsAndWithoutWhatTheConsumerSaid) {
  begun({{"last_message", "my name is Ophelia"}});
  running_.log(base::Level::warning, {"with planted-secret in it", false});
  running_.print({{"heard: my name is Ophelia", false}, {"", false}});
  EXPECT_FALSE(log_.text().contains("planted"));
  EXPECT_FALSE(log_.text().contains("Ophelia"));
  const auto trace = end();
  ASSERT_EQ(trace.lines.size(), 2u) << "an empty line is none";
  EXPECT_TRUE(trace.lines[0].starts_with("warning: with [api_key] in it")) << trace.lines[0];
  EXPECT_TRUE(trace.lines[1].starts_with("info: ")) << trace.lines[1];
  EXPECT_EQ(log_.entries()[0].level, base::Level::warning);
}

TEST_F(PythonRunningCall, StragglersAreNobodysAndStayOutOfTheTrace) {
  begun({{"last_message", "my name is Ophelia"}});
  end();
  running_.print({{"late: my name is Ophelia", false}});
  EXPECT_EQ(log_.count("python"), 1u);
  EXPECT_FALSE(log_.text().contains("Ophelia")) << "what it knew must not be printed afterwards";
}

TEST_F(PythonRunningCall, LinesOverTheLimitAreLeftOutAndThatIsSaidOnce) {
  begun();
  for (int i = 0; i < 10; ++i) running_.log(base::Level::info, {"line", false});
  EXPECT_EQ(end().lines.size(), 3u);
  EXPECT_EQ(log_.of("chat-1"), "line|line|line|further lines of Book are left out");
  begun();
  running_.log(base::Level::info, {"again", false});
  EXPECT_EQ(end().lines.size(), 1u) << "each call has its own share";
}

TEST_F(PythonRunningCall, BytesAreCountedForEachCall) {
  begun();
  EXPECT_TRUE(running_.counts(60));
  EXPECT_TRUE(running_.counts(40));
  EXPECT_FALSE(running_.counts(1));
  end();
  EXPECT_TRUE(begun().counts(100));
}

TEST_F(PythonRunningCall, ExchangesAndComplaintsAreRedactedAndBounded) {
  begun();
  for (int i = 0; i < 200; ++i) {
    running_.add_exchange({"planted-secret.example", 443, "GET", 200, 1, {}});
  }
  EXPECT_EQ(running_.complain("no planted-secret", "Book.py line 3"), "no [api_key]");
  EXPECT_EQ(log_.of("chat-1"), "Book: no [api_key] (Book.py line 3)");
  running_.complain("quiet", "");
  EXPECT_EQ(log_.count("chat-1"), 1u) << "without a place there is nothing to look for";
  const auto trace = end();
  EXPECT_EQ(trace.exchanges.size(), 100u);
  EXPECT_EQ(trace.exchanges[0].host, "[api_key].example");
}

}  // namespace
}  // namespace millrace::python
