// The table of chats and what is read by it: beside the writer, after crashes, of former builds.
#include "runtime/archive.hpp"

#include <gtest/gtest.h>

#include <future>

#include "runtime/records/record.hpp"
#include "storage/sqlite/sqlite.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/forget.hpp"
#include "storage/upkeep/rebuild.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using runtime::ChatEntry;
using runtime::ChatFilter;

base::Id id_of(const std::string& name) {
  return base::Id::derived("test", name);
}

// One turn of a chat, as the runtime writes it.
runtime::JournalRecord turn_of(const std::string& who, int64_t number, const std::string& chat,
                               int64_t turn, dialog::Phase phase, int64_t at) {
  dialog::State state;
  state.consumer = id_of(who);
  state.chat = id_of(chat);
  state.program = "version-of-" + chat.substr(0, 1);
  state.environment = "live";
  state.phase = phase;
  state.turn = turn;
  state.created_at = {1};
  const dialog::Turn taken{state, 0, {}};
  return {.consumer = state.consumer,
          .number = number,
          .body = runtime::write_record(taken, nullptr, {at}, std::string(32, 'k')),
          .facts = runtime::facts_of(taken, {at}, "solution-of-" + chat.substr(0, 1))};
}

class StorageArchive : public testing::Test {
 protected:
  void open() {
    auto opened = open_journal(file, log);
    ASSERT_TRUE(opened) << opened.error().describe();
    journal = std::move(*opened);
  }
  void append(runtime::JournalRecord record) {
    std::promise<base::Result<int64_t>> promise;
    journal->append(std::move(record), [&](auto done) { promise.set_value(std::move(done)); });
    const auto done = promise.get_future().get();
    ASSERT_TRUE(done) << done.error().describe();
  }
  // ann has the chats a1 (ended) and a2, bob has b1, each of two turns.
  void talk() {
    using dialog::Phase;
    append(turn_of("ann", 1, "a1", 1, Phase::waiting, 10));
    append(turn_of("bob", 1, "b1", 1, Phase::waiting, 11));
    append(turn_of("ann", 2, "a1", 2, Phase::ended, 12));
    append(turn_of("ann", 3, "a2", 1, Phase::waiting, 13));
    append(turn_of("bob", 2, "b1", 2, Phase::calling, 14));
    append(turn_of("ann", 4, "a2", 2, Phase::waiting, 15));
  }
  std::unique_ptr<runtime::Archive> archive() {
    auto opened = open_archive(file);
    EXPECT_TRUE(opened) << opened.error().describe();
    return std::move(*opened);
  }
  std::vector<base::Id> listed(const ChatFilter& filter) {
    std::vector<base::Id> ids;
    const auto found = archive()->live(filter);
    EXPECT_TRUE(found) << found.error().describe();
    for (const ChatEntry& chat : *found) ids.push_back(chat.chat);
    return ids;
  }
  void execute(const char* sql) {
    auto connection = Connection::open(file, Connection::Use::writing);
    const auto done = connection->execute(sql);
    ASSERT_TRUE(done) << done.error().describe();
  }
  size_t problems() {
    Verification found;
    EXPECT_TRUE(verify_journal(file, nullptr, found));
    return found.problems_found;
  }

  using Ids = std::vector<base::Id>;
  fakes::Folder folder;
  fs::path file = folder.path / "journal.db";
  fakes::NoLog log;
  std::unique_ptr<DurableJournal> journal;
};

TEST_F(StorageArchive, KnowsEveryChatBesideTheWriter) {
  open();
  talk();
  const auto entry = archive()->find(id_of("a2"));
  ASSERT_TRUE(entry && *entry);
  const ChatEntry& chat = **entry;
  EXPECT_EQ(chat.consumer, id_of("ann"));
  EXPECT_EQ(chat.version, "version-of-a");
  EXPECT_EQ(chat.phase, "waiting");
  EXPECT_EQ(chat.turns, 2);
  EXPECT_EQ(chat.first, 4);
  EXPECT_EQ(chat.last, 6);
  EXPECT_EQ(chat.begun_at.ms, 1);
  EXPECT_EQ(chat.last_at.ms, 15);
  EXPECT_TRUE(chat.is_latest);
  EXPECT_FALSE((*archive()->find(id_of("a1")))->is_latest);
  EXPECT_EQ(*archive()->find(id_of("c1")), std::nullopt);
}

TEST_F(StorageArchive, ListsByFilterAndPageByPage) {
  open();
  talk();
  EXPECT_EQ(listed({}), (Ids{id_of("a2"), id_of("b1"), id_of("a1")}));
  EXPECT_EQ(listed({.live = true}), (Ids{id_of("a2"), id_of("b1")}));
  EXPECT_EQ(listed({.phase = "ended"}), Ids{id_of("a1")});
  EXPECT_EQ(listed({.phase = "ended", .latest = true}), Ids{});
  EXPECT_EQ(listed({.since = base::Timestamp{14}}), (Ids{id_of("a2"), id_of("b1")}));
  EXPECT_EQ(listed({.before = base::Timestamp{14}}), Ids{id_of("a1")});
  EXPECT_EQ(listed({.limit = 1}), Ids{id_of("a2")});
  EXPECT_EQ(listed({.after = ChatFilter::After{{15}, id_of("a2")}, .limit = 1}), Ids{id_of("b1")});
  const std::vector<std::string> versions{"version-of-b"};
  EXPECT_EQ(listed({.solution = "solution-of-b", .versions = versions}), Ids{id_of("b1")});
}

TEST_F(StorageArchive, ReadsOneChatWholeAndWhatStoodBeforeIt) {
  open();
  talk();
  const auto reading = archive();
  std::vector<int64_t> places;
  ASSERT_TRUE(reading->chat(id_of("a2"), [&](const runtime::JournalRecord& record) {
    places.push_back(record.place);
    return true;
  }));
  EXPECT_EQ(places, (std::vector<int64_t>{4, 6}));
  EXPECT_EQ(reading->tail_before(**reading->find(id_of("a2")))->back().place, 3);
  EXPECT_TRUE(reading->tail_before(**reading->find(id_of("a1")))->empty());
  EXPECT_EQ(reading->tail(id_of("bob"), 0)->back().place, 5);
  const auto missing = reading->chat(id_of("c1"), [](const auto&) { return true; });
  EXPECT_EQ(missing.error().code, base::Code::not_found);
}

TEST_F(StorageArchive, GoesOnFromAPositionAndSeesWhatComesMeanwhile) {
  open();
  talk();
  const auto reading = archive();
  const auto first = reading->since(0, 4);
  ASSERT_EQ(first->size(), 4u);
  EXPECT_EQ(first->back().place, 4);
  EXPECT_EQ(reading->since(4, 100)->size(), 2u);
  append(turn_of("cid", 1, "c1", 1, dialog::Phase::waiting, 16));
  EXPECT_EQ(reading->since(6, 100)->front().consumer, id_of("cid"));
  EXPECT_EQ(reading->live({.limit = 1})->front().chat, id_of("c1"));
}

// What is read from the records is what the turns said when they were written.
TEST_F(StorageArchive, MakesTheTableAnewWhereItIsMissingOrBehind) {
  open();
  talk();
  const Ids all = listed({});
  journal.reset();
  execute("DROP TABLE chats; DROP TABLE chats_seen; PRAGMA user_version=2");
  EXPECT_EQ(listed({}), all) << "beside what a former build left";
  open();
  EXPECT_EQ(listed({}), all);
  EXPECT_EQ(listed({.live = true}), (Ids{id_of("a2"), id_of("b1")}));
  EXPECT_EQ(problems(), 0u);
}

TEST_F(StorageArchive, ManyTurnsAreWrittenInBatchesAndMadeInSteps) {
  open();
  constexpr int kTurns = 21'000;
  std::promise<void> last;
  for (int i = 1; i <= kTurns; ++i) {
    auto record =
        turn_of("p" + std::to_string(i), 1, "x" + std::to_string(i), 1, dialog::Phase::waiting, i);
    journal->append(std::move(record), [&, i](auto done) {
      EXPECT_TRUE(done);
      if (i == kTurns) last.set_value();
    });
  }
  last.get_future().get();
  EXPECT_EQ(archive()->live({.limit = kTurns + 1})->size(), size_t{kTurns});
  EXPECT_EQ(listed({.solution = "solution-of-x", .limit = 5}).size(), 5u);
  EXPECT_EQ(problems(), 0u);
  journal.reset();
  execute("DELETE FROM chats; UPDATE chats_seen SET position = 0");
  open();
  EXPECT_EQ(archive()->live({.limit = kTurns + 1})->size(), size_t{kTurns});
  EXPECT_EQ(problems(), 0u);
}

TEST_F(StorageArchive, ForgettingFollowsAndNoPositionIsGivenAgain) {
  open();
  talk();
  journal.reset();
  ASSERT_TRUE(forget_people(file, {id_of("ann")}, nullptr));
  EXPECT_EQ(listed({}), Ids{id_of("b1")});
  EXPECT_EQ(problems(), 0u);
  open();
  append(turn_of("dan", 1, "d1", 1, dialog::Phase::waiting, 20));
  EXPECT_EQ(archive()->since(6, 100)->size(), 1u) << "whoever reads on from the sixth sees it";
  EXPECT_EQ(listed({}), (Ids{id_of("d1"), id_of("b1")}));
  EXPECT_EQ(problems(), 0u);
}

TEST_F(StorageArchive, ATableThatSaysOtherwiseThanTheTurnsIsFoundAndMended) {
  open();
  talk();
  journal.reset();
  open();  // ... which leaves it to be read again
  journal.reset();
  ASSERT_TRUE(forget_people(file, {}, nullptr));  // writes what is in memory alone
  execute("UPDATE chats SET phase = 'ended', last = first WHERE turns = 2 AND is_latest = 1");
  EXPECT_EQ(problems(), 2u);
  const auto done = mend_journal(file, nullptr);
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(problems(), 0u);
  EXPECT_EQ(listed({.live = true}), (Ids{id_of("a2"), id_of("b1")}));
}

TEST_F(StorageArchive, IsMadeAnewFromTheTurnsAlone) {
  open();
  talk();
  const Ids live = listed({.live = true});
  journal.reset();
  execute(
      "DELETE FROM heads; UPDATE known SET position = 6;"
      "DELETE FROM chats; UPDATE chats_seen SET position = 6");
  EXPECT_GT(problems(), 0u);
  const auto rebuilt = rebuild_journal(file, log);
  ASSERT_TRUE(rebuilt) << rebuilt.error().describe();
  EXPECT_EQ(rebuilt->turns, 6);
  EXPECT_EQ(rebuilt->consumers, 2);
  EXPECT_EQ(rebuilt->chats, 3);
  EXPECT_EQ(problems(), 0u);
  EXPECT_EQ(listed({.live = true}), live);
  open();
  append(turn_of("ann", 5, "a2", 3, dialog::Phase::waiting, 20));
  EXPECT_EQ(archive()->tail(id_of("ann"), 0)->back().number, 5);
}

// A former build wrote what is due into the head alone.
TEST_F(StorageArchive, WhatOnlyAHeadKnowsToBeDueStaysDue) {
  open();
  talk();
  journal.reset();
  ASSERT_TRUE(rebuild_journal(file, log));
  execute(
      "UPDATE heads SET due = 0 WHERE position = 5; UPDATE heads SET due = 7, position = 3 WHERE "
      "position = 6;"
      "INSERT INTO heads VALUES(X'00', 99, 9, 9)");
  ASSERT_TRUE(rebuild_journal(file, log));
  open();
  const auto due = journal->due_consumers();
  ASSERT_TRUE(due);
  ASSERT_EQ(due->size(), 1u) << "bob's; ann's was of an earlier turn, the third is nobody's";
  EXPECT_EQ(due->front().consumer, id_of("bob"));
  EXPECT_EQ(due->front().at.ms, 0);
}

TEST_F(StorageArchive, NothingIsMadeAnewWhereThereIsNoJournal) {
  EXPECT_EQ(rebuild_journal(file, log).error().code, base::Code::not_found);
}

TEST_F(StorageArchive, SaysWhenThereIsNoJournal) {
  EXPECT_EQ(open_archive(file).error().code, base::Code::not_found);
}

}  // namespace
}  // namespace millrace::storage
