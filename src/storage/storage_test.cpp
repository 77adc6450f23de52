#include "storage/storage.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <future>

#include "posix/files.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"
#include "tests/faults/stores.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using faults::append;
using faults::id_of;
using faults::read;

TEST(StorageJournal, GivesBackTheLastRecordsInOrder) {
  fakes::Folder folder;
  fakes::NoLog log;
  auto journal = open_journal(folder.path / "j.db", log);
  ASSERT_TRUE(journal) << journal.error().describe();
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(append(**journal, {id_of(1), i, "body" + std::to_string(i)}));
    ASSERT_TRUE(append(**journal, {id_of(2), i, "other"}));
  }
  const auto records = read(**journal, id_of(1), 3).value();
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].number, 3);
  EXPECT_EQ(records[2].body, "body5");
  EXPECT_TRUE(read(**journal, id_of(3))->empty());
}

// A write-ahead log cut off or scribbled on at any byte, as a power cut leaves it: what can be read
// is what was first, whole and without a gap, and the journal goes on from there.
TEST(StorageJournal, RefusesANumberTwiceAndKeepsTheRestOfTheGroup) {
  fakes::Folder folder;
  fakes::NoLog log;
  auto journal = open_journal(folder.path / "j.db", log);
  const base::Timestamp due{1'000};
  ASSERT_TRUE(append(**journal, {id_of(1), 1, "a", due}));
  std::vector<std::promise<base::Result<int64_t>>> promises(4);
  const runtime::JournalRecord records[] = {{id_of(2), 1, "b", due},
                                            {id_of(1), 1, "again", {}},
                                            {id_of(3), 1, "c", due},
                                            {id_of(1), 2, "d", {}}};
  for (size_t i = 0; i < 4; ++i) {
    (*journal)->append(records[i],
                       [&, i](base::Result<int64_t> done) { promises[i].set_value(done); });
  }
  EXPECT_TRUE(promises[0].get_future().get());
  EXPECT_FALSE(promises[1].get_future().get());
  EXPECT_TRUE(promises[2].get_future().get());
  EXPECT_TRUE(promises[3].get_future().get());
  EXPECT_EQ(read(**journal, id_of(1))->back().body, "d");
  journal->reset();
  journal = open_journal(folder.path / "j.db", log);
  std::vector<base::Id> open;
  for (const auto& one : *(*journal)->due_consumers()) {
    EXPECT_EQ(one.at, due);
    open.push_back(one.consumer);
  }
  std::ranges::sort(open);
  auto wanted = std::vector{id_of(2), id_of(3)};
  std::ranges::sort(wanted);
  EXPECT_EQ(open, wanted);
}

runtime::Tail tail_of(runtime::Journal& journal, base::Id consumer, size_t marked) {
  std::promise<runtime::Tail> promise;
  journal.read_tail(consumer, marked, [&](auto tail) { promise.set_value(std::move(*tail)); });
  return promise.get_future().get();
}

TEST(StorageJournal, ReadsBackNoMoreThanItTakesToGoOn) {
  fakes::Folder folder;
  fakes::NoLog log;
  auto journal = open_journal(folder.path / "j.db", log);
  for (int i = 1; i <= 30; ++i) {
    runtime::JournalRecord record{id_of(1), i, "body" + std::to_string(i)};
    record.whole = i % 8 == 1;
    record.marks = {static_cast<runtime::InputMark>(i), static_cast<runtime::InputMark>(i) << 60};
    ASSERT_TRUE(append(**journal, std::move(record)));
    ASSERT_TRUE(append(**journal, {id_of(2), i, "other"}));
  }
  const auto tail = tail_of(**journal, id_of(1), 10);
  ASSERT_EQ(tail.records.size(), 6u);  // 25, the last whole one, to 30
  EXPECT_EQ(tail.records.front().body, "body25");
  EXPECT_TRUE(tail.records.front().whole);
  EXPECT_EQ(tail.records.back().number, 30);
  ASSERT_EQ(tail.marked.size(), 20u);
  EXPECT_EQ(tail.marked.back().mark, 30u);
  EXPECT_EQ(tail.marked.back().place, tail.records.back().place);
  EXPECT_EQ(tail.marked.front().place, tail.records.front().place - 8);
  EXPECT_TRUE(tail_of(**journal, id_of(3), 10).records.empty());
}

TEST(StorageJournal, ReadsOnlyTheConsumersOwnPlaces) {
  fakes::Folder folder;
  fakes::NoLog log;
  auto journal = open_journal(folder.path / "j.db", log);
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(append(**journal, {id_of(1), i, "mine" + std::to_string(i)}));
    ASSERT_TRUE(append(**journal, {id_of(2), i, "theirs"}));
  }
  const auto mine = read(**journal, id_of(1)).value();
  std::promise<std::vector<runtime::JournalRecord>> at;
  (*journal)->read_at(id_of(1), {mine[3].place, mine[3].place + 1, mine[0].place, 99},
                      [&](auto records) { at.set_value(std::move(*records)); });
  const auto found = at.get_future().get();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].body, "mine4");
  EXPECT_EQ(found[1].body, "mine1");

  std::promise<std::vector<runtime::JournalRecord>> before;
  (*journal)->read_before(id_of(1), mine[3].place, {2, SIZE_MAX},
                          [&](auto records) { before.set_value(std::move(*records)); });
  const auto page = before.get_future().get();
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].body, "mine2");
  EXPECT_EQ(page[1].body, "mine3");

  std::promise<base::Code> code;
  (*journal)->read_before(id_of(1), mine[3].place + 1, {2, SIZE_MAX},
                          [&](auto records) { code.set_value(records.error().code); });
  EXPECT_EQ(code.get_future().get(), base::Code::not_found);
}

TEST(StorageJournal, WritesWhatIsQueuedWhenItIsClosed) {
  fakes::Folder folder;
  fakes::NoLog log;
  std::atomic<int> told = 0;
  auto journal = open_journal(folder.path / "j.db", log);
  for (int i = 1; i <= 1000; ++i) {
    (*journal)->append({id_of(i % 7), (i - 1) / 7 + 1, std::string(100, 'x')},
                       [&](base::Result<int64_t> done) {
                         if (done) ++told;
                       });
  }
  journal->reset();
  EXPECT_EQ(told, 1000);
  journal = open_journal(folder.path / "j.db", log);
  size_t kept = 0;
  for (int i = 0; i < 7; ++i) kept += read(**journal, id_of(i), 1000)->size();
  EXPECT_EQ(kept, 1000u);
}

TEST(StorageJournal, FindsEveryRecordAgainHoweverManyConsumersThereAre) {
  fakes::Folder folder;
  fakes::NoLog log;
  constexpr int kConsumers = 3'000;  // more than are kept in memory
  for (int number = 1; number <= 2; ++number) {
    auto journal = open_journal(folder.path / "j.db", log);
    ASSERT_TRUE(journal) << journal.error().describe();
    for (int i = 0; i < kConsumers; ++i) {
      (*journal)->append({id_of(i), number, std::to_string(i * 10 + number)},
                         [](base::Result<int64_t> done) { ASSERT_TRUE(done); });
    }
  }
  auto journal = open_journal(folder.path / "j.db", log);
  for (int i = 0; i < kConsumers; i += 7) {
    const auto records = read(**journal, id_of(i)).value();
    ASSERT_EQ(records.size(), 2u) << i;
    EXPECT_EQ(records[1].body, std::to_string(i * 10 + 2));
  }
  EXPECT_FALSE(append(**journal, {id_of(1), 2, "again"}));
  EXPECT_FALSE(append(**journal, {id_of(1), 4, "a gap"}));
  EXPECT_TRUE(append(**journal, {id_of(1), 3, "next"}));
}

TEST(StorageKeyValue, CommitsScansAndRemoves) {
  fakes::Folder folder;
  fakes::NoLog log;
  auto store = open_key_value(folder.path / "kv.db", log);
  ASSERT_TRUE(store) << store.error().describe();
  const auto commit = [&](base::KeyValueBatch batch) {
    std::promise<base::Result<void>> promise;
    auto future = promise.get_future();
    (*store)->commit(std::move(batch), [&](base::Result<void> done) { promise.set_value(done); });
    return future.get();
  };
  const std::string top("\xff\xff", 2);
  ASSERT_TRUE(commit({{{"a/1", "x"}, {"a/2", "y"}, {"b/1", "z"}, {top + "1", "t"}}}));
  EXPECT_EQ(*(*store)->get("a/2"), "y");
  EXPECT_EQ(*(*store)->get("a/3"), std::nullopt);
  EXPECT_EQ((*store)->scan("a/", "", 10)->size(), 2u);
  EXPECT_EQ((*store)->scan("a/", "a/1", 10)->front().first, "a/2");
  EXPECT_EQ((*store)->scan("", "", 10)->size(), 4u);
  EXPECT_EQ((*store)->scan(top, "", 10)->front().second, "t");
  ASSERT_TRUE(commit({{{"a/1", std::nullopt}}}));
  EXPECT_EQ((*store)->scan("a/", "", 10)->size(), 1u);
}

TEST(StorageKeyValue, WhatMayBeLostIsPutAsideWhenItIsDamaged) {
  fakes::Folder folder;
  fakes::NoLog log;
  const fs::path file = folder.path / "traces.db";
  const std::string damages[] = {"this is no database", std::string(8'192, 'x'),
                                 std::string("SQLite format 3\0", 16) + std::string(5'000, '\7')};
  int n = 0;
  for (const std::string& damage : damages) {
    std::ofstream(file, std::ios::binary) << damage;
    EXPECT_FALSE(open_key_value(file, log));
    EXPECT_TRUE(open_or_begin_key_value(file, log));
    EXPECT_EQ(*posix::read_file(file.string() + ".damaged-" + std::to_string(++n)), damage);
  }
  fs::remove(file);
  fs::create_directory(file);  // not even a file
  EXPECT_TRUE(open_or_begin_key_value(file, log));
}

TEST(StorageKeyValue, IsReadBesideWhoeverWritesIt) {
  fakes::Folder folder;
  fakes::NoLog log;
  const auto read = [&](std::string_view prefix, size_t limit) {
    std::string all;
    const auto pairs = open_pairs(folder.path / "kv.db");
    if (!pairs) return pairs.error().message;
    const auto done = (*pairs)->each(prefix, [&](auto key, auto value) {
      all += std::string(key) + "=" + std::string(value) + " ";
      return --limit > 0;
    });
    return done ? all : done.error().message;
  };
  EXPECT_EQ(read("", 9), "there is no such store");
  auto store = open_key_value(folder.path / "kv.db", log);
  ASSERT_TRUE(store);
  std::promise<base::Result<void>> promise;
  auto future = promise.get_future();
  (*store)->commit({{{"a/1", "x"}, {"a/2", "y"}, {"b/1", "z"}}},
                   [&](base::Result<void> done) { promise.set_value(done); });
  ASSERT_TRUE(future.get());
  EXPECT_EQ(read("a/", 9), "a/1=x a/2=y ");
  EXPECT_EQ(read("", 9), "a/1=x a/2=y b/1=z ");
  EXPECT_EQ(read("a/", 1), "a/1=x ");
  EXPECT_EQ(read("c", 9), "");
}

TEST(StorageKeyValue, OneReaderSeesWhatIsWrittenBetweenTwoReadings) {
  fakes::Folder folder;
  fakes::NoLog log;
  auto store = open_key_value(folder.path / "kv.db", log);
  ASSERT_TRUE(store);
  auto pairs = open_pairs(folder.path / "kv.db");
  ASSERT_TRUE(pairs);
  for (size_t i = 1; i <= 3; ++i) {
    std::promise<base::Result<void>> promise;
    auto future = promise.get_future();
    (*store)->commit({{{"a/" + std::to_string(i), "x"}, {"b", "y"}}},
                     [&](base::Result<void> done) { promise.set_value(done); });
    ASSERT_TRUE(future.get());
    size_t seen = 0;
    ASSERT_TRUE((*pairs)->each("a/", [&](auto, auto) { return ++seen < 9; }));
    EXPECT_EQ(seen, i);
    ASSERT_TRUE((*pairs)->each("", [](auto, auto) { return false; }));
  }
}

TEST(StorageFolders, LockKeepsASecondProcessOut) {
  fakes::Folder folder;
  auto first = FolderLock::acquire(folder.path / "data");
  ASSERT_TRUE(first);
  EXPECT_EQ(FolderLock::acquire(folder.path / "data").error().code, base::Code::already_exists);
  {
    const auto gone = std::move(*first);
  }
  EXPECT_TRUE(FolderLock::acquire(folder.path / "data"));
}

}  // namespace
}  // namespace millrace::storage
