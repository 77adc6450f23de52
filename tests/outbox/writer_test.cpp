// What is on record about deliveries at each moment at which the server could end: nothing that
// came later without all that came before it.
#include "outbox/writer.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::outbox {
namespace {

using delivery::State;
using Done = runtime::DeliveryStore::Done;

// Keeps writes until it is told what becomes of the oldest one.
class HeldStore final : public runtime::DeliveryStore {
 public:
  void commit(runtime::DeliveryWrite write, Done done) override {
    under_way.emplace_back(std::move(write), std::move(done));
  }
  void end_first(bool well) {
    auto [write, done] = std::move(under_way.front());
    under_way.pop_front();
    if (well) durable.push_back(std::move(write));
    done(well ? base::Result<void>() : base::fail(base::Code::unavailable, "the disk is full"));
  }

  base::Result<std::vector<runtime::DeliveryTarget>> targets() override { return {}; }
  base::Result<std::vector<delivery::Row>> waiting(int64_t, int64_t, size_t) override { return {}; }
  base::Result<runtime::DeliveryDepth> depth(int64_t) override { return {}; }
  base::Result<std::optional<runtime::StoredDelivery>> find(std::string_view) override {
    return std::nullopt;
  }
  base::Result<std::optional<runtime::StoredDelivery>> get(int64_t) override {
    return std::nullopt;
  }
  base::Result<std::vector<runtime::StoredDelivery>> list(const runtime::DeliveryFilter&) override {
    return {};
  }
  base::Result<std::map<int64_t, std::vector<delivery::ObjectRef>>> marks() override { return {}; }
  base::Result<std::vector<runtime::DeliveryOrder>> orders(size_t) override { return {}; }
  void prune(int64_t, base::Timestamp, size_t, Done) override {}

  std::deque<std::pair<runtime::DeliveryWrite, Done>> under_way;
  std::vector<runtime::DeliveryWrite> durable;
};

class NoOutbound final : public web::Outbound {
 public:
  void send(web::OutboundRequest, Done) override {}
};

class OutboxWriter : public testing::Test {
 protected:
  static constexpr int64_t kTarget = 1;
  static constexpr int64_t kRow = 7;
  static constexpr int64_t kMark = 26;

  static runtime::DeliveryWrite outcome(State state, std::string progress) {
    return {.target = kTarget, .updates = {{kRow, state, std::move(progress)}}};
  }
  void hear() {
    for (base::Task& task : inbox.take(std::chrono::milliseconds(0)).tasks) task();
  }
  void end_first(bool well) {
    store.end_first(well);
    hear();
  }
  // The disk works, from when it is tried again.
  void mend() {
    clock.pass(std::chrono::seconds(1));
    for (writer.step(clock.now()); !store.under_way.empty(); writer.step(clock.now())) {
      end_first(true);
    }
  }

  HeldStore store;
  NoOutbound outbound;
  fakes::Clock clock;
  fakes::NoChance chance;
  fakes::NoLog log;
  base::NoMeter meter;
  Sender::Ports ports{store, outbound, clock, chance, log, meter, {}, {}};
  Inbox inbox;
  Writer writer{ports, 10, inbox};
};

// The mark says that the request may have arrived; the newer outcome is what says it afterwards.
TEST_F(OutboxWriter, TakesNoMarkAwayBeforeTheNewestOutcomeIsOnRecord) {
  runtime::DeliveryWrite unknown = outcome(State::waiting, "may have arrived");
  unknown.unmark = {kMark};
  writer.write(std::move(unknown));
  end_first(false);
  writer.write(outcome(State::held, "held"));
  mend();
  std::string on_record;
  for (const runtime::DeliveryWrite& write : store.durable) {
    for (const delivery::RowUpdate& update : write.updates) on_record = update.progress;
    EXPECT_TRUE(write.unmark.empty() || !on_record.empty()) << "a crash here would send it again";
  }
  EXPECT_EQ(on_record, "held");
}

TEST_F(OutboxWriter, StrikesNoOrderBeforeWhatItDidIsOnRecord) {
  writer.write(outcome(State::waiting, "to be sent again"));
  writer.write({.orders_done = {3}});
  end_first(false);
  while (!store.under_way.empty()) end_first(true);
  for (const runtime::DeliveryWrite& write : store.durable) EXPECT_TRUE(write.orders_done.empty());
  mend();
  ASSERT_FALSE(store.durable.empty());
  EXPECT_EQ(store.durable.front().updates.front().progress, "to be sent again");
  EXPECT_EQ(store.durable.back().orders_done, std::vector<int64_t>{3});
}

TEST_F(OutboxWriter, TellsAMarkThatWhatCameBeforeIsNotOnRecord) {
  int marked = 0;
  int given_up = 0;
  const auto mark = [&] {
    writer.mark({.target = kTarget, .marks = {{kMark, {{kRow, 0}}}}},
                [&](const base::Result<void>& done) { ++(done ? marked : given_up); });
  };
  writer.write(outcome(State::held, "held"));
  mark();
  end_first(false);
  EXPECT_EQ(given_up, 1);
  mend();
  for (const runtime::DeliveryWrite& write : store.durable) EXPECT_TRUE(write.marks.empty());
  mark();
  end_first(true);
  EXPECT_EQ(marked, 1);
}

TEST_F(OutboxWriter, GathersWhatComesWhileItWrites) {
  writer.write(outcome(State::waiting, "first"));
  for (int i = 0; i < 100; ++i) writer.write(outcome(State::waiting, std::to_string(i)));
  writer.write(outcome(State::delivered, "last"));
  mend();
  ASSERT_EQ(store.durable.size(), 2U);
  ASSERT_EQ(store.durable.back().updates.size(), 1U);
  EXPECT_EQ(store.durable.back().updates.front().progress, "last");
  EXPECT_FALSE(writer.is_pending(kRow));
}

}  // namespace
}  // namespace millrace::outbox
