// People removed from real files: no byte of theirs is left, and others are as they were.
#include "storage/upkeep/forget.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <sstream>

#include "storage/upkeep/people.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;

const base::Id kAlice = base::Id::derived("test", "alice");
const base::Id kBob = base::Id::derived("test", "bob");
const base::Id kAlicesChat = base::Id::derived("chat", "alice");
const base::Id kBobsChat = base::Id::derived("chat", "bob");

// A test's body: the owner's id, the chat's, some words.
std::optional<base::Id> owner_of(std::string_view body) {
  return base::Id::parse(body.substr(0, body.find(' ')));
}
std::optional<base::Id> chat_of(std::string_view body) {
  return body.size() < 73 ? std::nullopt : base::Id::parse(body.substr(37, 36));
}

class StorageForget : public testing::Test {
 protected:
  static constexpr int kTurns = 40;

  // Alternating, Alice's the last: what she leaves is at the end of the table.
  StorageForget() {
    auto journal = open();
    for (int number = 1; number <= kTurns; ++number) {
      append(*journal, kBob, kBobsChat, number, "bobswords");
      append(*journal, kAlice, kAlicesChat, number, "aliceswords");
    }
  }
  std::unique_ptr<DurableJournal> open() {
    auto opened = open_journal(file, log);
    EXPECT_TRUE(opened) << opened.error().describe();
    return opened ? std::move(*opened) : nullptr;
  }
  static std::string body_of(base::Id consumer, base::Id chat, int number,
                             const std::string& words) {
    std::string body = consumer.to_string() + " " + chat.to_string();
    for (int i = 0; i < 50; ++i) body += " " + words + std::to_string(number);
    return body;
  }
  static void append(DurableJournal& journal, base::Id consumer, base::Id chat, int number,
                     const std::string& words, std::optional<base::Timestamp> due = {}) {
    std::promise<bool> promise;
    runtime::JournalRecord record{consumer, number, body_of(consumer, chat, number, words), due};
    record.deliveries.push_back({chat.to_string() + ":" + std::to_string(number) + ":1",
                                 consumer,
                                 chat.to_string(),
                                 "shop",
                                 "live",
                                 "braze",
                                 "braze.track",
                                 {{"said", words}}});
    journal.append(std::move(record), [&](auto done) { promise.set_value(done.has_value()); });
    EXPECT_TRUE(promise.get_future().get());
  }
  void execute(const std::string& sql) {
    auto connection = Connection::open(file, Connection::Use::writing);
    ASSERT_TRUE(connection);
    const auto done = connection->execute(sql.c_str());
    ASSERT_TRUE(done) << done.error().describe();
  }
  std::vector<std::string> bodies_of(base::Id consumer) {
    std::vector<std::string> bodies;
    const auto archive = open_archive(file);
    EXPECT_TRUE(archive);
    const auto read = (*archive)->consumer(consumer, [&](const runtime::JournalRecord& record) {
      bodies.push_back(record.body);
      return true;
    });
    EXPECT_TRUE(read);
    return bodies;
  }
  // Whether any file of the folder has these bytes.
  bool is_anywhere(std::string_view bytes) const {
    for (const auto& entry : fs::recursive_directory_iterator(folder.path)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      std::stringstream all;
      all << in.rdbuf();
      if (all.view().contains(bytes)) return true;
    }
    return false;
  }
  void expect_sound() {
    Verification found;
    ASSERT_TRUE(verify_journal(file, owner_of, found));
    EXPECT_EQ(found.problems_found, 0u);
    for (const Problem& problem : found.problems) ADD_FAILURE() << problem.place << problem.what;
  }

  fakes::NoLog log;
  fakes::Folder folder;
  const fs::path file = folder.path / "journal.db";
};

TEST_F(StorageForget, LeavesNoByteAndTouchesNobodyElse) {
  ASSERT_TRUE(is_anywhere("aliceswords"));
  ASSERT_TRUE(is_anywhere(kAlice.as_bytes()));
  const auto bobs = bodies_of(kBob);
  ASSERT_TRUE(forget_people(file, {kAlice}, owner_of));
  for (const std::string& bytes : {std::string("aliceswords"), kAlice.to_string(),
                                   std::string(kAlice.as_bytes()), kAlicesChat.to_string()}) {
    EXPECT_FALSE(is_anywhere(bytes)) << bytes;
  }
  EXPECT_EQ(bobs.size(), size_t{kTurns});
  EXPECT_EQ(bodies_of(kBob), bobs);
  EXPECT_EQ(bodies_of(kAlice).size(), 0u);
  EXPECT_EQ(kept_of(file, {kBob}, chat_of)->deliveries, size_t{kTurns});
  expect_sound();
}

TEST_F(StorageForget, TheJournalGoesOnForThoseWhoStayAndWhoComeBack) {
  ASSERT_TRUE(forget_people(file, {kAlice}, owner_of));
  {
    auto journal = open();
    append(*journal, kAlice, kAlicesChat, 1, "anew");
    append(*journal, kBob, kBobsChat, kTurns + 1, "bobswords");
  }
  auto journal = open();  // reads what the heads lack
  append(*journal, kBob, kBobsChat, kTurns + 2, "bobswords");
  append(*journal, kAlice, kAlicesChat, 2, "anew");
  journal.reset();
  EXPECT_EQ(bodies_of(kBob).size(), size_t{kTurns} + 2);
  EXPECT_EQ(bodies_of(kAlice).size(), 2u);
  expect_sound();
}

TEST_F(StorageForget, TellsWhatIsKeptAndWhatIsOwed) {
  execute("DELETE FROM delivery_waiting WHERE id % 4 = 0");  // Alice's have even numbers
  execute(
      "INSERT INTO delivery_states SELECT id, CASE id % 8 WHEN 0 THEN 3 ELSE 1 END, 0, x'' FROM "
      "deliveries WHERE id % 4 = 0");
  const auto kept = kept_of(file, {kAlice}, chat_of);
  ASSERT_TRUE(kept) << kept.error().describe();
  EXPECT_EQ(kept->records, size_t{kTurns});
  EXPECT_GT(kept->bytes, size_t{kTurns} * 500);
  EXPECT_EQ(kept->deliveries, size_t{kTurns});
  EXPECT_EQ(kept->owed, 30u);  // 20 wait, 10 are held
  EXPECT_EQ(kept->chats, std::set<std::string>{kAlicesChat.to_string()});
  EXPECT_EQ(kept_of(file, {kAlice, kBob}, chat_of)->records, size_t{2 * kTurns});
}

TEST_F(StorageForget, WhatWasPutAsideGoesByItsRowAndByItsWords) {
  execute(
      "CREATE TABLE turns_aside(id INTEGER PRIMARY KEY AUTOINCREMENT, position INTEGER NOT NULL, "
      "previous INTEGER NOT NULL, consumer BLOB NOT NULL, number INTEGER NOT NULL, due INTEGER, "
      "whole INTEGER NOT NULL, marks BLOB, body BLOB NOT NULL, why TEXT NOT NULL);"
      "INSERT INTO turns_aside(position, previous, consumer, number, whole, body, why) "
      "SELECT 1, 0, consumer, 1, 1, body, '' FROM turns WHERE number = 1;"
      "INSERT INTO turns_aside(position, previous, consumer, number, whole, body, why) "
      "SELECT 1, 0, (SELECT consumer FROM turns WHERE position = 1), 1, 1, body, '' FROM turns "
      "WHERE number = 2;");
  ASSERT_TRUE(forget_people(file, {kAlice}, owner_of));
  EXPECT_FALSE(is_anywhere("aliceswords"));
  EXPECT_FALSE(is_anywhere(kAlice.as_bytes()));
}

TEST_F(StorageForget, AtRestIsWhomNothingIsDueToAndNothingIsOwed) {
  EXPECT_EQ(*people_at_rest(file), People{});
  execute("DELETE FROM delivery_waiting");
  EXPECT_EQ(*people_at_rest(file), (People{kAlice, kBob}));
  execute("INSERT INTO delivery_states VALUES(2, 3, 0, x'')");  // one of Alice's is held
  EXPECT_EQ(*people_at_rest(file), People{kBob});
  {
    auto journal = open();
    append(*journal, kBob, kBobsChat, kTurns + 1, "bobswords", base::Timestamp{1});
  }
  execute("DELETE FROM delivery_waiting");
  EXPECT_EQ(*people_at_rest(file), People{});
}

TEST_F(StorageForget, SaysWhenAnotherReaderKeepsTheLog) {
  auto reading = Connection::open(file, Connection::Use::reading);
  auto writing = Connection::open(file, Connection::Use::writing);
  ASSERT_TRUE(writing->execute("UPDATE known SET position = position"));
  ASSERT_TRUE(reading->execute("BEGIN"));
  ASSERT_TRUE(reading->execute("SELECT COUNT(*) FROM turns"));
  const auto done = forget_people(file, {kAlice}, owner_of);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, base::Code::unavailable);
  ASSERT_TRUE(reading->execute("COMMIT"));
  // Nobody is named a second time: what was left is cleared all the same.
  ASSERT_TRUE(forget_people(file, {}, owner_of));
  EXPECT_FALSE(is_anywhere("aliceswords"));
}

TEST_F(StorageForget, PairsGoWithTheirBytes) {
  const fs::path store_file = folder.path / "traces.db";
  {
    auto store = open_key_value(store_file, log);
    ASSERT_TRUE(store);
    base::KeyValueBatch batch;
    for (int i = 0; i < 100; ++i) {
      batch.writes.emplace_back("t/carol/" + std::to_string(i), "carolscall");
      batch.writes.emplace_back("t/dave/" + std::to_string(i), "davescall");
    }
    std::promise<bool> promise;
    (*store)->commit(std::move(batch), [&](auto done) { promise.set_value(done.has_value()); });
    ASSERT_TRUE(promise.get_future().get());
  }
  ASSERT_TRUE(is_anywhere("carolscall"));
  const auto removed = forget_pairs(store_file, [](std::string_view key, std::string_view) {
    return key.starts_with("t/carol/");
  });
  ASSERT_TRUE(removed) << removed.error().describe();
  EXPECT_EQ(*removed, 100u);
  EXPECT_FALSE(is_anywhere("carol"));
  auto store = open_key_value(store_file, log);
  EXPECT_EQ((*store)->scan("t/", "", 1'000)->size(), 100u);
}

TEST_F(StorageForget, WithoutAJournalThereIsNothing) {
  const fs::path none = folder.path / "none.db";
  EXPECT_EQ(forget_people(none, {kAlice}, owner_of).error().code, base::Code::not_found);
  EXPECT_EQ(kept_of(none, {kAlice}, chat_of).error().code, base::Code::not_found);
  EXPECT_EQ(people_at_rest(none).error().code, base::Code::not_found);
  EXPECT_FALSE(fs::exists(none));
}

}  // namespace
}  // namespace millrace::storage
