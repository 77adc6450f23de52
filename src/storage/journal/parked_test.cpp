// Chats that are parked, in the journal's file: kept over a restart, listed beside the server, and
// struck by the very record with which the chat goes on.
#include <gtest/gtest.h>

#include <future>

#include "storage/storage.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::storage {
namespace {

const base::Id kAda = base::Id::derived("test", "ada");
const base::Id kBob = base::Id::derived("test", "bob");

class StorageParked : public testing::Test {
 protected:
  static bool append(DurableJournal& journal, base::Id consumer, int64_t number) {
    std::promise<bool> promise;
    journal.append({consumer, number, "turn " + std::to_string(number)},
                   [&](auto done) { promise.set_value(done.has_value()); });
    return promise.get_future().get();
  }
  static void park(DurableJournal& journal, base::Id consumer) {
    journal.park({.consumer = consumer,
                  .chat_id = consumer.to_string(),
                  .solution = "signup",
                  .version = "hash",
                  .node = "collect",
                  .what = "std::logic_error",
                  .at = {1'000}});
  }

  std::vector<runtime::ParkedChat> listed() const {
    const auto archive = open_archive(file);
    EXPECT_TRUE(archive);
    auto chats = (*archive)->parked();
    EXPECT_TRUE(chats);
    return chats ? std::move(*chats) : std::vector<runtime::ParkedChat>();
  }

  fakes::NoLog log;
  fakes::Folder folder;
  const std::filesystem::path file = folder.path / "journal.db";
};

TEST_F(StorageParked, AreKeptAndListedUntilTheirChatGoesOn) {
  {
    auto journal = open_journal(file, log);
    ASSERT_TRUE(journal);
    ASSERT_TRUE(append(**journal, kAda, 1));
    ASSERT_TRUE(append(**journal, kBob, 1));
    park(**journal, kAda);
    park(**journal, kBob);
    ASSERT_TRUE(append(**journal, kBob, 2));  // what was submitted before is written before
    const auto beside = listed();
    ASSERT_EQ(beside.size(), 1u);
    EXPECT_EQ(beside.front().consumer, kAda);
    EXPECT_EQ(beside.front().node, "collect");
  }
  auto journal = open_journal(file, log);
  ASSERT_TRUE(journal);
  auto parked = (*journal)->parked_chats();
  ASSERT_TRUE(parked);
  ASSERT_EQ(parked->size(), 1u);
  EXPECT_EQ(parked->front().what, "std::logic_error");
  EXPECT_EQ(parked->front().at.ms, 1'000);
  ASSERT_TRUE(append(**journal, kAda, 2));
  EXPECT_TRUE(listed().empty());
}

}  // namespace
}  // namespace millrace::storage
