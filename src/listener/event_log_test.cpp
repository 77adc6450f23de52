#include "listener/event_log.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "tests/fakes/stores.hpp"

namespace millrace::listener {
namespace {

constexpr base::Timestamp kNow{.ms = 1'800'000'000'000};
constexpr int64_t kDayMs = 24LL * 3'600'000;

using Answer = std::optional<base::Result<EventLog::Kept>>;

class Sources final : public listener::Sources {
 public:
  std::shared_ptr<const Source> with_key(std::string_view) const override { return source; }
  std::shared_ptr<const Source> named(std::string_view) const override { return source; }
  bool any_takes(std::string_view) const override { return true; }
  std::shared_ptr<const Source> source =
      std::make_shared<Source>(Source{.name = "shop/site", .write_key = "site_key_1"});
};

class EventLogTest : public testing::Test {
 protected:
  EventLogTest() {
    records.holds = true;
    reopen();
  }
  void reopen() {
    auto opened = EventLog::open(records, limits);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    log = std::move(*opened);
  }
  // What one request with these message ids, and these that are refused, is answered.
  std::shared_ptr<Answer> keep(const std::vector<std::string>& ids,
                               const std::vector<std::string>& refused = {},
                               base::Timestamp at = kNow) {
    const Arrival arrival{.source = *sources.source, .received = at};
    Batch batch;
    for (const std::string& id : ids) {
      people::Event event;
      event.source = sources.source->name;
      event.message_id = id;
      event.anonymous_id = "a";
      event.name = "line\nbreak";
      batch.events.push_back(event);
    }
    for (const std::string& id : refused) {
      batch.refused.push_back({id, "it says nothing", json::object{{"messageId", id}}});
    }
    auto answer = std::make_shared<Answer>();
    log->keep(arrival, Dialect::segment, std::move(batch),
              [answer](base::Result<EventLog::Kept> kept) { *answer = std::move(kept); });
    return answer;
  }
  // How often each event is in the records.
  std::map<std::string, int> kept() {
    std::map<std::string, int> out;
    (void)records.each([&](uint64_t, std::string_view record) {
      const auto read = read_record(record);
      EXPECT_TRUE(read.has_value());
      for (const LoggedLine& line : read->lines) {
        if (!line.is_event) continue;
        const auto event = people::read_event(*json::parse_object(line.json));
        EXPECT_EQ(event->name, "line\nbreak");
        ++out[event->message_id];
      }
      return base::Result<void>();
    });
    return out;
  }

  EventLog::Limits limits;
  fakes::MemoryRecords records;
  Sources sources;
  std::unique_ptr<EventLog> log;
};

TEST_F(EventLogTest, AnswersWhenItIsDurable) {
  const auto answer = keep({"1", "2"}, {"3"});
  EXPECT_FALSE(answer->has_value());
  records.release();
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((**answer)->events, 2U);
  EXPECT_EQ((**answer)->quarantined, 1U);
  EXPECT_EQ(kept(), (std::map<std::string, int>{{"1", 1}, {"2", 1}}));
}

TEST_F(EventLogTest, KeepsWhatComesAgainOnceAlsoAfterARestart) {
  keep({"1", "2"});
  const auto meanwhile = keep({"2", "1"});
  EXPECT_FALSE(meanwhile->has_value());  // what it says again is not durable yet
  records.release();
  EXPECT_EQ((**meanwhile)->doubled, 2U);
  reopen();
  const auto later = keep({"2", "3", "3"});
  records.release();
  EXPECT_EQ((**later)->events, 1U);
  EXPECT_EQ((**later)->doubled, 2U);
  EXPECT_EQ(kept(), (std::map<std::string, int>{{"1", 1}, {"2", 1}, {"3", 1}}));
}

TEST_F(EventLogTest, KeepsNothingOfWhatTheDiskRefusedAndTakesItAgain) {
  records.fails = true;
  const auto first = keep({"1"});
  const auto behind = keep({"2"});
  const auto again = keep({"1"});
  records.release(1);
  const auto meanwhile = keep({"3"});  // those behind it fail as well
  records.release();
  for (const auto& answer : {first, behind, again, meanwhile}) {
    ASSERT_TRUE(answer->has_value());
    EXPECT_EQ((**answer).error().code, base::Code::unavailable);
  }
  records.fails = false;
  const auto later = keep({"1", "2", "3"});
  records.release();
  EXPECT_EQ((**later)->events, 3U);
  EXPECT_EQ(kept(), (std::map<std::string, int>{{"1", 1}, {"2", 1}, {"3", 1}}));
}

TEST_F(EventLogTest, RefusesMoreThanMayBeOnItsWay) {
  limits.bytes_max = 1'000;
  reopen();
  for (int i = 0; i < 20; ++i) keep({std::to_string(i)});
  const auto refused = keep({"late"});
  ASSERT_TRUE(refused->has_value());
  EXPECT_EQ((**refused).error().code, base::Code::resource_exhausted);
  records.release();
  const auto taken = keep({"late"});
  records.release();
  EXPECT_EQ((**taken)->events, 1U);
}

TEST_F(EventLogTest, RefusesMoreThanMayBeKeptUntilOldDaysHaveGone) {
  limits.kept_bytes_max = 500;
  reopen();
  int taken = 0;
  const auto take = [&](base::Timestamp at) {
    const auto answer = keep({std::to_string(taken)}, {}, at);
    records.release();
    if (!**answer) return false;
    ++taken;
    return true;
  };
  while (take(kNow)) ASSERT_LT(taken, 10);
  EXPECT_GT(taken, 1);
  EXPECT_GE(log->kept_bytes(), 500U);
  reopen();
  EXPECT_GE(log->kept_bytes(), 500U);
  EXPECT_FALSE(take({kNow.ms + kDayMs}));
  limits.kept_bytes_max = 10'000;
  reopen();
  EXPECT_TRUE(take({kNow.ms + kDayMs}));
  log->drop_before({kNow.ms + kDayMs + 1});
  EXPECT_LT(log->kept_bytes(), 500U);
}

TEST_F(EventLogTest, LetsGoOfOldDays) {
  for (int day = 0; day < 10; ++day) {
    keep({std::to_string(day)}, {}, {kNow.ms + day * kDayMs});
    records.release();
  }
  log->drop_before({kNow.ms + 5 * kDayMs + 1});
  EXPECT_EQ(kept().size(), 5U);
  reopen();
  log->drop_before({kNow.ms + 8 * kDayMs + 1});
  EXPECT_EQ(kept().size(), 2U);
}

TEST_F(EventLogTest, ReadsAgainWhatWasQuarantined) {
  keep({}, {"still-wrong"});
  records.release();
  // As a build that did not know this kind would have kept it.
  const Arrival arrival{.source = *sources.source, .received = kNow};
  Batch batch;
  batch.refused.push_back(
      {"m-9", "not understood",
       json::object{
           {"type", "track"}, {"event", "line\nbreak"}, {"userId", "u"}, {"messageId", "m-9"}}});
  log->keep(arrival, Dialect::segment, std::move(batch), [](const auto&) {});
  records.release();
  for (int start = 0; start < 2; ++start) {
    reopen();
    EXPECT_EQ(log->replay(sources), 1U);
    records.release();
    EXPECT_EQ(kept(), (std::map<std::string, int>{{"m-9", 1}}));
  }
}

TEST_F(EventLogTest, SaysThatARecordIsDamaged) {
  keep({"1"});
  records.release();
  std::string good;
  (void)records.each([&](uint64_t, std::string_view record) {
    good = record;
    return base::Result<void>();
  });
  for (size_t bytes = 0; bytes < good.size(); ++bytes) {
    const auto read = read_record(std::string_view(good).substr(0, bytes));
    EXPECT_TRUE(!read || read->lines.empty()) << bytes;
  }
  EXPECT_FALSE(read_record("2 5\n").has_value());
  EXPECT_FALSE(read_record("1 x\n").has_value());
}

}  // namespace
}  // namespace millrace::listener
