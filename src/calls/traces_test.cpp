// What is kept of calls, and for how long.

#include <condition_variable>
#include <future>

#include "tests/support/calls.hpp"

namespace millrace::calls::testing {
namespace {

CallTrace trace_of(std::string chat, int64_t began_ms, Kind outcome = Kind::returned) {
  CallTrace trace{.solution = "Hotel",
                  .version = "v1",
                  .chat_id = chat,
                  .node = "12",
                  .command = "Reserve",
                  .key = chat + ":3:1",
                  .began_at = {began_ms},
                  .ended_at = {began_ms + 30},
                  .outcome = outcome,
                  .effect_unknown = outcome == Kind::unknown};
  AttemptRecord attempt{.at = {began_ms}, .outcome = outcome, .message = "why"};
  attempt.trace.began_at = {began_ms + 1};
  attempt.trace.ran = std::chrono::microseconds(28'500);
  attempt.trace.lines = {"info: a room is booked"};
  attempt.trace.exchanges = {{"api.example", 443, "POST", 201, 25, ""}};
  attempt.trace.worker = 4242;
  trace.attempts.push_back(attempt);
  return trace;
}

class CallsTraces : public ::testing::Test {
 protected:
  void keep(std::vector<CallTrace> traces, TraceLimits limits = {}) {
    Traces keeper(store, clock, log, meter, limits);
    for (CallTrace& trace : traces) keeper.record(std::move(trace));
  }

  fakes::Clock clock;
  fakes::KeptLog log;
  fakes::KeptMeter meter;
  fakes::MemoryStore store;
};

TEST_F(CallsTraces, AreReadBackByChatInTheirOrder) {
  const int64_t now = clock.ms;
  keep({trace_of("b", now), trace_of("a", now + 5), trace_of("a", now), trace_of("ab", now)});
  const auto of_a = traces_in(store, traces_of_chat("a"));
  ASSERT_EQ(of_a.size(), 2U);
  EXPECT_EQ(of_a[0].began_at.ms, now);
  EXPECT_EQ(of_a[1].began_at.ms, now + 5);
  EXPECT_EQ(to_json(of_a[0]), to_json(trace_of("a", now)));
  const auto& attempt = of_a[0].attempts.at(0);
  EXPECT_EQ(attempt.trace.lines.at(0), "info: a room is booked");
  EXPECT_EQ(attempt.trace.exchanges.at(0).host, "api.example");
  EXPECT_EQ(attempt.trace.exchanges.at(0).status, 201);
}

TEST_F(CallsTraces, ThoseBesideAnUnknownOneAreFoundWithoutReadingAll) {
  const int64_t now = clock.ms;
  keep({trace_of("a", now), trace_of("b", now, Kind::unknown), trace_of("b", now + 5),
        trace_of("c/d", now, Kind::unknown), trace_of("e", now)});
  std::vector<std::string> chats;
  for (const auto& [key, entry] : *store.scan(unknown_calls(), "", SIZE_MAX)) {
    for (const CallTrace& trace : traces_in(store, traces_beside(entry))) {
      chats.push_back(trace.chat_id);
    }
  }
  EXPECT_EQ(chats, (std::vector<std::string>{"b", "b", "c/d"}));
  for (const char* odd : {"", "12", "12 ", "12 t/", "12 t//1/2", "x/y/z", "12 o/a/1/2"}) {
    EXPECT_EQ(traces_beside(odd), "") << odd;
  }
}

TEST_F(CallsTraces, AreBoundedHoweverMuchAScriptLogs) {
  CallTrace trace = trace_of("a", clock.ms);
  trace.attempts[0].trace.lines.assign(1'000, std::string(8'000, 'x'));
  trace.attempts[0].trace.exchanges.assign(10'000,
                                           {std::string(10'000, 'h'), 1, "GET", 200, 1, ""});
  const std::string text = to_json(trace);
  EXPECT_LE(text.size(), 2 * kTraceBytesMax);
  const auto read = trace_from_json(text);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->attempts[0].trace.lines.back().contains("more lines are left out"));
}

TEST_F(CallsTraces, GoWithTheirChatAlsoThoseThatAreNotWrittenYet) {
  const int64_t now = clock.ms;
  keep({trace_of("a", now), trace_of("ab", now), trace_of("b", now, Kind::unknown)});
  {
    Traces keeper(store, clock, log, meter);
    keeper.record(trace_of("a", now + 5));
    keeper.record(trace_of("c", now + 5));
    std::promise<base::Result<void>> promise;
    keeper.forget({"a", "b", "nothing"},
                  [&](base::Result<void> done) { promise.set_value(std::move(done)); });
    EXPECT_TRUE(promise.get_future().get());
    keeper.record(trace_of("d", now + 9));
  }
  for (const char* chat : {"a", "b"}) {
    EXPECT_TRUE(traces_in(store, traces_of_chat(chat)).empty()) << chat;
  }
  size_t pairs = 0;
  for (const auto& [key, value] : *store.scan("", "", SIZE_MAX)) {
    ++pairs;
    EXPECT_FALSE(value.contains("t/a/") || value.contains("t/b/")) << key << " " << value;
  }
  EXPECT_EQ(pairs, 6U);  // ab, c and d, each with its entry
}

TEST_F(CallsTraces, TheOldestGoFirstAndUnknownOnesStay) {
  const int64_t now = clock.ms;
  std::vector<CallTrace> traces;
  traces.push_back(trace_of("lost", now - 1'000'000, Kind::unknown));
  for (int i = 0; i < 50; ++i) traces.push_back(trace_of("c" + std::to_string(i), now + i));
  keep(std::move(traces));
  // The next run finds what is there and keeps to its limits.
  for (int i = 50; i < 55; ++i) {
    keep({trace_of("c" + std::to_string(i), now + i)}, {.count_max = 10});
  }
  EXPECT_LE(traces_in(store).size(), 1 + 10 + 1);
  EXPECT_EQ(traces_in(store, traces_of_chat("lost")).size(), 1U);
  EXPECT_EQ(traces_in(store, traces_of_chat("c54")).size(), 1U);
  EXPECT_TRUE(traces_in(store, traces_of_chat("c1")).empty());
  EXPECT_EQ(store.size(), 2 * traces_in(store).size()) << "no entry without its trace";
}

TEST_F(CallsTraces, GoByAgeAndByBytes) {
  const int64_t now = clock.ms;
  const int64_t day = 86'400'000;
  keep({trace_of("old", now - 8 * day), trace_of("unknown", now - 8 * day, Kind::unknown),
        trace_of("new", now)});
  keep({trace_of("next", now)});
  EXPECT_TRUE(traces_in(store, traces_of_chat("old")).empty());
  EXPECT_EQ(traces_in(store).size(), 3U);
  keep({trace_of("last", now + 1)}, {.bytes_max = 1'000});
  keep({trace_of("very last", now + 2)}, {.bytes_max = 1'000});
  EXPECT_TRUE(traces_in(store, traces_of_chat("new")).empty());
  EXPECT_EQ(traces_in(store, traces_of_chat("unknown")).size(), 1U);
}

TEST_F(CallsTraces, WhoeverWaitsIsToldWhenItIsDurableOrCannotBe) {
  for (const bool fails : {false, true}) {
    store.fails = fails;
    std::mutex mutex;
    std::condition_variable told;
    bool is_told = false;
    {
      Traces keeper(store, clock, log, meter, {.write_every = std::chrono::hours(1)});
      keeper.record(trace_of("a", clock.ms, Kind::unknown), [&] {
        const std::lock_guard lock(mutex);
        is_told = true;
        told.notify_all();
      });
      std::unique_lock lock(mutex);
      EXPECT_TRUE(told.wait_for(lock, std::chrono::seconds(60), [&] { return is_told; }))
          << "it must not wait for others";
    }
    EXPECT_EQ(traces_in(store).size(), 1U);
    EXPECT_EQ(log.text().contains("the disk is full"), fails);
  }
}

TEST_F(CallsTraces, WhatCouldNotBeWrittenIsNotCountedAsKept) {
  Traces keeper(store, clock, log, meter, {.count_max = 10, .write_every = std::chrono::hours(1)});
  int chats = 0;
  const auto keep_one = [&] {
    std::promise<void> written;
    keeper.record(trace_of("c" + std::to_string(++chats), clock.ms), [&] { written.set_value(); });
    written.get_future().wait();
  };
  for (int i = 0; i < 5; ++i) keep_one();
  store.fails = true;
  for (int i = 0; i < 100; ++i) keep_one();
  store.fails = false;
  keep_one();
  keep_one();
  EXPECT_EQ(traces_in(store).size(), 7U);
  EXPECT_EQ(meter.value("traces_lost_total"), 100);
  const std::string said = log.text();
  EXPECT_EQ(said.find("the disk is full"), said.rfind("the disk is full")) << "said once";
}

TEST_F(CallsTraces, TheOutcomeIsToldAfterAnUnknownCallIsOnTheList) {
  fakes::Lanes lanes(clock);
  fakes::NoChance random;
  fakes::Runner runner;
  Traces keeper(store, clock, log, meter, {.write_every = std::chrono::hours(1)});
  Caller caller({runner, lanes, clock, random, log, meter, &keeper});
  std::mutex mutex;
  std::condition_variable told;
  std::optional<size_t> listed;
  runtime::ActionCall call;
  call.chat_id = "a";
  caller.call(std::move(call), [&](runtime::ActionOutcome outcome) {
    const std::lock_guard lock(mutex);
    EXPECT_EQ(outcome.kind, Kind::unknown);
    listed = traces_in(store, traces_of_chat("a")).size();
    told.notify_all();
  });
  runner.end(Kind::crashed, "signal 9");
  std::unique_lock lock(mutex);
  ASSERT_TRUE(told.wait_for(lock, std::chrono::seconds(60), [&] { return listed.has_value(); }));
  EXPECT_EQ(*listed, 1U);
  EXPECT_TRUE(traces_in(store)[0].effect_unknown);
}

TEST_F(CallsTraces, AFloodIsDroppedAndCounted) {
  {
    Traces keeper(store, clock, log, meter, {.pending_max = 10});
    for (int i = 0; i < 100'000; ++i) keeper.record(trace_of("a", clock.ms));
  }
  EXPECT_EQ(static_cast<double>(traces_in(store).size()) + meter.value("traces_dropped_total"),
            100'000);
  EXPECT_GT(meter.value("traces_dropped_total"), 0);
}

TEST(CallsTrace, BadTextIsRefusedAndOddTextRead) {
  EXPECT_FALSE(trace_from_json("not json"));
  EXPECT_FALSE(trace_from_json("[]"));
  const auto odd = trace_from_json(R"({"attempts":[1,{"lines":[1,null]}],"began_at":"x"})");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->attempts.size(), 1U);
}

}  // namespace
}  // namespace millrace::calls::testing
