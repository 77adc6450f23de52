// Joins in the journal's file: durable when told, found again, undone with nothing else.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "storage/sqlite/sqlite.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/forget.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::storage {
namespace {

base::Id id_of(int n) {
  return base::Id::derived("test", std::to_string(n));
}

class StorageIdentities : public testing::Test {
 protected:
  StorageIdentities() { open(); }
  void open() {
    journal.reset();
    auto opened = open_journal(file, log);
    ASSERT_TRUE(opened) << opened.error().describe();
    journal = std::move(*opened);
  }
  base::Result<base::Id> join(int one, int other) {
    std::promise<base::Result<base::Id>> promise;
    journal->identities().join(id_of(one), id_of(other),
                               [&](auto person) { promise.set_value(std::move(person)); });
    return promise.get_future().get();
  }
  base::Id person(int n) const {
    const auto line = journal->identities().line(id_of(n));
    return line.empty() ? id_of(n) : line.back();
  }

  fakes::NoLog log;
  fakes::Folder folder;
  const std::filesystem::path file = folder.path / "journal.db";
  std::unique_ptr<DurableJournal> journal;
};

TEST_F(StorageIdentities, AJoinIsKnownWhenItIsToldAndFoundAgainAfterAStart) {
  EXPECT_EQ(person(1), id_of(1));
  const auto joined = join(1, 2);
  ASSERT_TRUE(joined);
  EXPECT_EQ(*joined, std::min(id_of(1), id_of(2)));
  ASSERT_TRUE(join(3, 2));
  for (int start = 0; start < 3; ++start) {
    const base::Id all = std::min({id_of(1), id_of(2), id_of(3)});
    for (const int n : {1, 2, 3}) EXPECT_EQ(person(n), all) << n;
    EXPECT_EQ(person(4), id_of(4));
    open();
  }
}

TEST_F(StorageIdentities, JoiningTwiceIsJoiningOnce) {
  const auto first = join(1, 2);
  const auto again = join(2, 1);
  ASSERT_TRUE(again);
  EXPECT_EQ(*first, *again);
  open();
  ASSERT_TRUE(join(1, 2));
  EXPECT_EQ(journal->identities().line(std::max(id_of(1), id_of(2))).size(), 1u);
}

TEST_F(StorageIdentities, ManyAtOnceMakeOnePerson) {
  constexpr int kIds = static_cast<int>(runtime::kJoinedMax);
  std::vector<std::jthread> threads;
  for (int from = 0; from < 4; ++from) {
    threads.emplace_back([this, from] {
      for (int i = from; i < kIds; i += 4) EXPECT_TRUE(join(i, (i * 7 + 1) % kIds));
      for (int i = from; i + 1 < kIds; i += 4) EXPECT_TRUE(join(i, i + 1));
    });
  }
  threads.clear();
  for (int i = 1; i < kIds; ++i) EXPECT_EQ(person(i), person(0));
  const auto before = person(0);
  open();
  for (int i = 0; i < kIds; ++i) EXPECT_EQ(person(i), before);
}

TEST_F(StorageIdentities, OneThatIsRefusedUndoesNothingOfOthers) {
  for (int i = 1; i < static_cast<int>(runtime::kJoinedMax); ++i) ASSERT_TRUE(join(0, i));
  std::promise<bool> written;
  std::promise<base::Result<base::Id>> refused;
  journal->append({id_of(500), 1, "turn"}, [&](auto done) { written.set_value(done.has_value()); });
  journal->identities().join(id_of(0), id_of(501),
                             [&](auto person) { refused.set_value(std::move(person)); });
  EXPECT_TRUE(written.get_future().get());
  const auto person = refused.get_future().get();
  ASSERT_FALSE(person);
  EXPECT_EQ(person.error().code, base::Code::resource_exhausted);
}

TEST_F(StorageIdentities, AJournalOfBeforeTheyWereKeptIsTakenUp) {
  journal.reset();
  {
    auto connection = Connection::open(file, Connection::Use::writing);
    ASSERT_TRUE(connection->execute("DROP TABLE joins"));
  }
  EXPECT_EQ(*joined_with(file, {id_of(1)}), People{id_of(1)});
  open();
  ASSERT_TRUE(join(1, 2));
}

TEST_F(StorageIdentities, WhoIsPartedIsJoinedWithNobodyAlsoAfterAStart) {
  ASSERT_TRUE(join(1, 2));
  ASSERT_TRUE(join(2, 3));
  ASSERT_TRUE(join(4, 5));
  for (const int n : {2, 7}) {
    std::promise<base::Result<void>> parted;
    journal->identities().part(id_of(n), [&](auto done) { parted.set_value(std::move(done)); });
    ASSERT_TRUE(parted.get_future().get());
  }
  for (int start = 0; start < 2; ++start) {
    for (const int n : {1, 2, 3}) EXPECT_EQ(person(n), id_of(n));
    EXPECT_EQ(person(4), person(5));
    EXPECT_EQ(*joined_with(file, {id_of(3)}), People{id_of(3)});
    open();
  }
  ASSERT_TRUE(join(3, 1)) << "who comes again can be joined again";
}

TEST_F(StorageIdentities, WhoIsForgottenIsJoinedWithNobody) {
  ASSERT_TRUE(join(1, 2));
  ASSERT_TRUE(join(2, 3));
  ASSERT_TRUE(join(4, 5));
  journal.reset();
  const auto people = joined_with(file, {id_of(3)});
  ASSERT_TRUE(people);
  EXPECT_EQ(*people, (People{id_of(1), id_of(2), id_of(3)}));
  EXPECT_EQ(joined_people(file)->size(), 2u);
  ASSERT_TRUE(forget_people(file, *people, {}));
  EXPECT_EQ(*joined_with(file, {id_of(3)}), People{id_of(3)});
  open();
  for (const int n : {1, 2, 3}) EXPECT_EQ(person(n), id_of(n));
  EXPECT_EQ(person(4), person(5));
}

}  // namespace
}  // namespace millrace::storage
