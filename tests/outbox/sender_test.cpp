// The sender on a real journal: what turns owe is delivered, told, held, ordered about.
#include "outbox/outbox.hpp"

#include "storage/storage.hpp"
#include "tests/outbox/model_outbound.hpp"

namespace millrace::outbox {
namespace {

namespace fs = std::filesystem;
using Fault = delivery::braze::ModelBraze::Fault;
using delivery::State;

constexpr auto kPatience = std::chrono::seconds(20);

class OutboxSender : public testing::Test {
 protected:
  OutboxSender() {
    settings.orders_every = std::chrono::milliseconds(5);
    settings.rules.backoff = {1, 20};
    open();
  }
  ~OutboxSender() override {
    sender.reset();
    journal.reset();
  }

  void open() {
    sender.reset();
    journal.reset();
    auto opened = storage::open_journal(folder / "journal.db", log);
    ASSERT_TRUE(opened) << opened.error().describe();
    journal = std::move(*opened);
    sender = std::make_unique<Sender>(
        Sender::Ports{journal->deliveries(), outbound, clock, random, log, meter,
                      [this](const auto&) { return destination(); }, speak_braze},
        settings);
    ASSERT_TRUE(sender->start());
  }
  std::optional<Destination> destination() {
    const std::lock_guard lock(mutex);
    return configured;
  }
  void configure(std::optional<Destination> to) {
    const std::lock_guard lock(mutex);
    configured = std::move(to);
  }

  void owe(std::string key, std::string user, std::string parts) {
    runtime::JournalRecord record{base::Id::derived("consumer", user), ++turns[user], "turn"};
    auto body = json::parse_object(R"({"user":{"external_id":")" + user + "\"}," + parts + "}");
    record.deliveries.push_back(
        {std::move(key), record.consumer, "chat", "shop", "live", "braze", "braze.track", *body});
    std::promise<base::Result<int64_t>> promise;
    const auto consumer = record.consumer;
    journal->append(std::move(record),
                    [&](base::Result<int64_t> done) { promise.set_value(done); });
    ASSERT_TRUE(promise.get_future().get());
    sender->owed(consumer, 1);
  }
  void owe_event(std::string key, std::string user, std::string name = "e") {
    owe(std::move(key), std::move(user), R"("events":[{"name":")" + name + R"(","time":"t"}])");
  }
  std::string settled(std::string key) {
    std::promise<json::object> promise;
    sender->when_settled(std::move(key),
                         [&](json::object outcome) { promise.set_value(std::move(outcome)); });
    auto future = promise.get_future();
    if (future.wait_for(kPatience) != std::future_status::ready) std::abort();
    return std::string(future.get().at("outcome").as_string());
  }
  void wait_for_state(const std::string& key, State state) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while ((*journal->deliveries().find(key))->state != state) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::yield();
    }
  }
  void wait_until_listed(const std::string& key,
                         const std::function<bool(const runtime::StoredDelivery&)>& is_so) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
      const auto listed = journal->deliveries().list({.keys = {key}});
      ASSERT_TRUE(listed && listed->size() == 1) << key;
      if (is_so(listed->front())) return;
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::yield();
    }
  }
  void order(runtime::DeliveryOrder::Action action, const std::string& key) {
    const int64_t row = (*journal->deliveries().find(key))->row.id;
    ASSERT_TRUE(storage::order_deliveries(folder / "journal.db", action, {row}));
  }

  fakes::KeptLog log;
  fakes::WallClock clock;
  fakes::SeededChance random;
  base::NoMeter meter;
  ModelOutbound outbound;
  fakes::Folder home;
  const fs::path& folder = home.path;
  Settings settings;
  std::mutex mutex;
  std::optional<Destination> configured = braze_at("https://braze.test", "SECRET-KEY");
  std::map<std::string, int64_t> turns;
  std::unique_ptr<storage::DurableJournal> journal;
  std::unique_ptr<Sender> sender;
};

TEST_F(OutboxSender, DeliversWhatATurnOwesAndTellsWhoWaits) {
  owe("k1", "ana", R"("attributes":{"city":"Porto"},"events":[{"name":"e","time":"t"}])");
  EXPECT_EQ(settled("k1"), "delivered");
  outbound.look([](auto& braze) {
    EXPECT_EQ(braze.attributes["ana"]["city"].as_string(), "Porto");
    EXPECT_EQ(braze.by_delivery_id["k1#1"], 1);
  });
  const auto request = outbound.seen().front();
  EXPECT_EQ(request.url, "https://braze.test/users/track");
  EXPECT_EQ(request.headers[1].value, "Bearer SECRET-KEY");
  open();  // also after a restart
  EXPECT_EQ(settled("k1"), "delivered");
  EXPECT_EQ(settled("nobody owes this"), "unknown");
}

TEST_F(OutboxSender, TellsWhatWasRefused) {
  owe_event("k1", "ana", "bad");
  EXPECT_EQ(settled("k1"), "rejected");
}

TEST_F(OutboxSender, AWrongKeyIsToldTheQueueIsKeptAndAnOrderResumesIt) {
  outbound.set_fault(Fault::unauthorized);
  owe_event("k1", "ana");
  owe_event("k2", "bob");
  EXPECT_EQ(settled("k1"), "config_error");
  EXPECT_EQ(settled("k2"), "config_error");
  EXPECT_FALSE(log.text().contains("SECRET-KEY"));
  EXPECT_TRUE(log.text().contains("deliveries are stopped"));
  wait_until_listed("k2", [](const auto& row) { return row.stopped.contains("401"); });
  outbound.set_fault(Fault::none);
  order(runtime::DeliveryOrder::Action::retry, "k1");
  wait_for_state("k1", State::delivered);
  wait_for_state("k2", State::delivered);
  wait_until_listed("k2", [](const auto& row) { return row.stopped.empty(); });
}

TEST_F(OutboxSender, TakesUpAnotherKeyWhileAllIsWell) {
  settings.resolve_every = std::chrono::milliseconds(0);
  open();
  owe_event("k1", "ana");
  EXPECT_EQ(settled("k1"), "delivered");
  configure(braze_at("https://braze.test", "ANOTHER-KEY"));
  owe_event("k2", "ana");
  EXPECT_EQ(settled("k2"), "delivered");
  EXPECT_EQ(outbound.seen().back().headers[1].value, "Bearer ANOTHER-KEY");
}

TEST_F(OutboxSender, WithoutAnAddressNothingIsSentAndNothingIsLost) {
  configure(std::nullopt);
  owe_event("k1", "ana");
  EXPECT_EQ(settled("k1"), "config_error");
  configure(braze_at("https://braze.test", "K"));
  open();
  EXPECT_EQ(settled("k1"), "delivered");
}

TEST_F(OutboxSender, WhatMayHaveHappenedIsHeldUntilAPersonDecides) {
  outbound.set_fault(Fault::reset_after);
  owe_event("k1", "ana");
  owe_event("k2", "bob");
  EXPECT_EQ(settled("k1"), "unknown");
  EXPECT_EQ(settled("k2"), "unknown");
  outbound.set_fault(Fault::none);
  order(runtime::DeliveryOrder::Action::retry, "k1");
  order(runtime::DeliveryOrder::Action::drop, "k2");
  wait_for_state("k1", State::delivered);
  wait_for_state("k2", State::dropped);
  outbound.look([](auto& braze) {
    EXPECT_EQ(braze.by_delivery_id["k1#0"], 2);
    EXPECT_EQ(braze.by_delivery_id["k2#0"], 1);
  });
  EXPECT_TRUE((*journal->deliveries().find("k1"))->row.progress.contains("twice"));
}

TEST_F(OutboxSender, ManyWaitingRowsAreTakenUpAWindowAtATime) {
  outbound.set_fault(Fault::unavailable_empty);
  settings.rules.window_max = 50;
  open();
  for (int i = 0; i < 500; ++i) owe_event("k" + std::to_string(i), "u" + std::to_string(i % 40));
  outbound.set_fault(Fault::none);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(settled("k" + std::to_string(i)), "delivered");
  outbound.look([](auto& braze) { EXPECT_EQ(braze.by_delivery_id.size(), 500u); });
}

}  // namespace
}  // namespace millrace::outbox
