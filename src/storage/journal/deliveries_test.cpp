// Deliveries in the journal's database: written with the turn, settled, ordered about, forgotten.
#include <gtest/gtest.h>

#include <future>

#include "storage/sqlite/sqlite.hpp"
#include "storage/storage.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using delivery::State;

class StorageDeliveries : public testing::Test {
 protected:
  StorageDeliveries() { open(); }

  void open() {
    journal.reset();
    auto opened = open_journal(folder / "j.db", log);
    ASSERT_TRUE(opened) << opened.error().describe();
    journal = std::move(*opened);
  }
  runtime::DeliveryStore& store() { return journal->deliveries(); }

  base::Result<void> turn(int number, std::vector<std::string> keys,
                          std::string environment = "live") {
    runtime::JournalRecord record{consumer, number, "turn"};
    for (std::string& key : keys) {
      record.deliveries.push_back({std::move(key),
                                   consumer,
                                   "chat",
                                   "shop",
                                   environment,
                                   "braze",
                                   "braze.track",
                                   {{"user", {{"external_id", "u"}}}}});
    }
    std::promise<base::Result<int64_t>> promise;
    journal->append(std::move(record), [&](auto done) { promise.set_value(std::move(done)); });
    const auto place = promise.get_future().get();
    return place ? base::Result<void>() : std::unexpected(place.error());
  }
  base::Result<void> commit(runtime::DeliveryWrite write) {
    write.target = 1;
    write.at = {1'000};
    std::promise<base::Result<void>> promise;
    store().commit(std::move(write), [&](base::Result<void> done) { promise.set_value(done); });
    return promise.get_future().get();
  }
  std::vector<std::string> waiting(int64_t after = 0, size_t limit = 100) {
    std::vector<std::string> keys;
    for (const auto& row : *store().waiting(1, after, limit)) keys.push_back(row.key);
    return keys;
  }
  using Keys = std::vector<std::string>;

  fakes::NoLog log;
  fakes::Folder home;  // goes last
  const fs::path& folder = home.path;
  base::Id consumer = base::Id::derived("test", "c");
  std::unique_ptr<DurableJournal> journal;
};

TEST_F(StorageDeliveries, AreWrittenWithTheTurnThatOwesThemOrNotAtAll) {
  ASSERT_TRUE(turn(1, {"a", "b"}));
  EXPECT_FALSE(turn(1, {"c"}));  // no such turn, so nothing is owed
  ASSERT_TRUE(turn(2, {"d"}));
  EXPECT_EQ(waiting(), (Keys{"a", "b", "d"}));
  EXPECT_EQ(waiting(1, 1), Keys{"b"});
  open();
  EXPECT_EQ(waiting(), (Keys{"a", "b", "d"}));
  const auto found = store().find("b");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->row.body, R"({"user":{"external_id":"u"}})");
  EXPECT_EQ((*found)->solution, "shop");
  EXPECT_EQ((*found)->row.consumer, consumer);
  EXPECT_FALSE(*store().find("c"));
}

TEST_F(StorageDeliveries, AKeyThatIsOwedAlreadyIsOwedOnce) {
  ASSERT_TRUE(turn(1, {"a"}));
  ASSERT_TRUE(turn(2, {"a", "b"}));
  EXPECT_EQ(waiting(), (Keys{"a", "b"}));
}

TEST_F(StorageDeliveries, EachTargetHasItsOwnQueue) {
  ASSERT_TRUE(turn(1, {"a"}));
  ASSERT_TRUE(turn(2, {"b"}, "sandbox"));
  ASSERT_EQ(store().targets()->size(), 2u);
  EXPECT_EQ(store().targets()->at(1).environment, "sandbox");
  EXPECT_EQ(waiting(), Keys{"a"});
  EXPECT_EQ(store().waiting(2, 0, 10)->front().key, "b");
}

TEST_F(StorageDeliveries, SettledRowsAnswerForThemselvesAndCanWaitAgain) {
  ASSERT_TRUE(turn(1, {"a", "b", "c"}));
  ASSERT_TRUE(commit({.updates = {{1, State::delivered, ""}, {2, State::rejected, "{\"x\":1}"}}}));
  EXPECT_EQ(waiting(), Keys{"c"});
  EXPECT_EQ(store().depth(1)->waiting, 1u);
  EXPECT_GT(store().depth(1)->oldest_owed_at.ms, 0);
  EXPECT_EQ((*store().find("b"))->state, State::rejected);
  EXPECT_EQ((*store().find("b"))->row.progress, "{\"x\":1}");
  ASSERT_TRUE(commit({.updates = {{2, State::waiting, "{}"}}}));
  EXPECT_EQ(waiting(), (Keys{"b", "c"}));
  runtime::DeliveryFilter filter;
  filter.state = State::waiting;
  EXPECT_EQ(store().list(filter)->size(), 2u);
  filter.state = State::delivered;
  EXPECT_EQ(store().list(filter)->front().row.key, "a");
}

TEST_F(StorageDeliveries, ListsWhatAFilterMeans) {
  ASSERT_TRUE(turn(1, {"a", "b"}));
  ASSERT_TRUE(turn(2, {"c"}, "sandbox"));
  ASSERT_TRUE(commit({.updates = {{2, State::held, ""}}}));
  const auto count = [&](auto change) {
    runtime::DeliveryFilter filter;
    change(filter);
    return list_deliveries(folder / "j.db", filter)->size();
  };
  EXPECT_EQ(count([](auto&) {}), 3u);
  EXPECT_EQ(count([](auto& f) { f.state = State::held; }), 1u);
  EXPECT_EQ(count([](auto& f) { f.environment = "sandbox"; }), 1u);
  EXPECT_EQ(count([&](auto& f) { f.consumer = consumer; }), 3u);
  EXPECT_EQ(count([](auto& f) { f.chat_id = "other"; }), 0u);
  EXPECT_EQ(count([](auto& f) { f.kind = "braze.call"; }), 0u);
  EXPECT_EQ(count([](auto& f) { f.since = {INT64_MAX}; }), 0u);
  EXPECT_EQ(count([](auto& f) { f.limit = 2; }), 2u);
  EXPECT_EQ(count([](auto& f) { f.after = 2; }), 1u);
  EXPECT_EQ(count([](auto& f) { f.keys = {"c", "no such"}; }), 1u);
}

TEST_F(StorageDeliveries, ListsTheNewestFirstAndWhatIsOpen) {
  ASSERT_TRUE(turn(1, {"waits", "sent", "held", "refused", "dropped"}));
  ASSERT_TRUE(commit({.updates = {{2, State::delivered, ""},
                                  {3, State::held, ""},
                                  {4, State::rejected, ""},
                                  {5, State::dropped, ""}}}));
  runtime::DeliveryFilter filter;
  filter.order = runtime::DeliveryFilter::Order::newest_first;
  const auto listed = [&] {
    Keys keys;
    for (const auto& each : *store().list(filter)) keys.push_back(each.row.key);
    return keys;
  };
  EXPECT_EQ(listed(), (Keys{"dropped", "refused", "held", "sent", "waits"}));
  filter.is_open = true;
  EXPECT_EQ(listed(), (Keys{"refused", "held", "waits"}));
  filter.limit = 1;
  filter.after = 4;
  EXPECT_EQ(listed(), Keys{"held"});
  filter.after = 1;
  EXPECT_EQ(listed(), Keys{});
}

TEST_F(StorageDeliveries, ThoseThatWaitSayWhyTheirTargetIsStopped) {
  ASSERT_TRUE(turn(1, {"k1", "k2"}));
  ASSERT_TRUE(commit({.updates = {{1, State::delivered, "{}"}}, .stopped = "401 from braze"}));
  const auto stops = [&] {
    std::vector<std::string> out;
    for (const auto& stored : *list_deliveries(folder / "j.db", {})) out.push_back(stored.stopped);
    return out;
  };
  EXPECT_EQ(stops(), (Keys{"", "401 from braze"}));
  EXPECT_EQ(store().depth(1)->stopped, "401 from braze");
  ASSERT_TRUE(commit({.stopped = ""}));
  EXPECT_EQ(store().depth(1)->stopped, "");
  EXPECT_EQ(stops(), (Keys{"", ""}));
  ASSERT_TRUE(commit({.stopped = "401 from braze"}));
  open();  // whoever sends tries again
  EXPECT_EQ(stops(), (Keys{"", ""}));
}

TEST_F(StorageDeliveries, AJournalThatKnowsNoStopsIsListed) {
  ASSERT_TRUE(turn(1, {"k1"}));
  journal.reset();
  auto former = Connection::open(folder / "j.db", Connection::Use::writing);
  ASSERT_TRUE(former && former->execute("DROP TABLE delivery_stops"));
  EXPECT_EQ(list_deliveries(folder / "j.db", {})->size(), 1);
}

TEST_F(StorageDeliveries, MarksStandUntilTheyAreTakenAway) {
  ASSERT_TRUE(turn(1, {"a"}));
  ASSERT_TRUE(commit({.marks = {{7, {{1, 0}, {1, 12}}}, {8, {{1, 3}}}}}));
  open();
  ASSERT_EQ(store().marks()->size(), 2u);
  EXPECT_EQ(store().marks()->at(7), (std::vector<delivery::ObjectRef>{{1, 0}, {1, 12}}));
  ASSERT_TRUE(commit({.unmark = {7}}));
  EXPECT_EQ(store().marks()->size(), 1u);
}

TEST_F(StorageDeliveries, OrdersFromBesideAreSeenUntilTheyAreDone) {
  ASSERT_TRUE(turn(1, {"a", "b"}));
  using Action = runtime::DeliveryOrder::Action;
  ASSERT_TRUE(order_deliveries(folder / "j.db", Action::drop, {1, 2}));
  ASSERT_TRUE(order_deliveries(folder / "j.db", Action::retry, {2}));
  const auto orders = *store().orders(10);
  ASSERT_EQ(orders.size(), 3u);
  EXPECT_EQ(orders[0].action, Action::drop);
  EXPECT_EQ(orders[2].action, Action::retry);
  EXPECT_EQ(orders[2].row, 2);
  ASSERT_TRUE(commit({.orders_done = {orders[0].number, orders[1].number}}));
  EXPECT_EQ(store().orders(10)->size(), 1u);
}

TEST_F(StorageDeliveries, ForgetsWhatWasDeliveredLongAgoAndNeverReusesANumber) {
  ASSERT_TRUE(turn(1, {"a", "b", "r", "c"}));
  const auto target = store().targets()->front().number;
  ASSERT_TRUE(commit({.target = target,
                      .updates = {{1, State::delivered, ""},
                                  {2, State::held, ""},
                                  {3, State::rejected, ""},
                                  {4, State::delivered, ""}}}));
  std::promise<base::Result<void>> other;
  store().prune(target + 1, {2'000}, 100, [&](base::Result<void> done) { other.set_value(done); });
  ASSERT_TRUE(other.get_future().get());
  EXPECT_TRUE(*store().find("a")) << "another target's";
  std::promise<base::Result<void>> promise;
  store().prune(target, {2'000}, 100, [&](base::Result<void> done) { promise.set_value(done); });
  ASSERT_TRUE(promise.get_future().get());
  EXPECT_FALSE(*store().find("a"));
  EXPECT_TRUE(*store().find("b"));
  EXPECT_FALSE(*store().find("r"));
  EXPECT_TRUE(*store().find("c"));
  ASSERT_TRUE(turn(2, {"d"}));
  EXPECT_EQ((*store().find("d"))->row.id, 5);
}

TEST_F(StorageDeliveries, EachReceiverIsATargetOfItsOwn) {
  runtime::JournalRecord record{consumer, 1, "turn"};
  for (const std::string receiver : {"braze", "webhook:crm", "webhook:shop", "webhook:crm"}) {
    record.deliveries.push_back({"k" + std::to_string(record.deliveries.size()),
                                 consumer,
                                 "chat",
                                 "shop",
                                 "live",
                                 receiver,
                                 "kind",
                                 {}});
  }
  std::promise<base::Result<int64_t>> promise;
  journal->append(std::move(record), [&](auto done) { promise.set_value(std::move(done)); });
  ASSERT_TRUE(promise.get_future().get());
  const auto targets = store().targets();
  ASSERT_TRUE(targets);
  ASSERT_EQ(targets->size(), 3u);
  EXPECT_EQ(targets->at(1).receiver, "webhook:crm");
  EXPECT_EQ(store().waiting(targets->at(1).number, 0, 10)->size(), 2u);
}

TEST_F(StorageDeliveries, WhatWasOwedBeforeThereWereReceiversIsBrazes) {
  ASSERT_TRUE(turn(1, {"k1"}));
  ASSERT_TRUE(turn(2, {"k2"}, "sandbox"));
  journal.reset();
  {
    auto connection = Connection::open(folder / "j.db", Connection::Use::writing);
    ASSERT_TRUE(connection);
    ASSERT_TRUE(connection->execute(
        "CREATE TABLE old(target INTEGER PRIMARY KEY, solution TEXT NOT NULL, "
        "environment TEXT NOT NULL, UNIQUE(solution, environment));"
        "INSERT INTO old SELECT target, solution, environment FROM delivery_targets;"
        "DROP TABLE delivery_targets; ALTER TABLE old RENAME TO delivery_targets;"));
  }
  for (int start = 0; start < 2; ++start) {
    open();
    const auto targets = store().targets();
    ASSERT_TRUE(targets);
    ASSERT_EQ(targets->size(), 2u);
    EXPECT_EQ(targets->at(0).receiver, "braze");
    EXPECT_EQ(targets->at(0).environment, "live");
    EXPECT_EQ(waiting(), Keys{"k1"});
  }
  ASSERT_TRUE(turn(3, {"k3"}));
  EXPECT_EQ(waiting(), (Keys{"k1", "k3"}));
}

}  // namespace
}  // namespace millrace::storage
