// Master keys that change: nothing that was sealed is lost by it, in any folder, at any moment.

#include <atomic>
#include <thread>

#include "tests/support/secrets.hpp"

namespace millrace::secrets {
namespace {

using base::Code;

class SecretsRotation : public Secrets {};

TEST_F(SecretsRotation, ARotationTakesANewKeyAndTheOldOneOpensNothing) {
  auto kept = store();
  EXPECT_FALSE(kept.rotate()) << "nothing is stored";
  for (const char* const name : {"A", "B", "C"}) ASSERT_TRUE(kept.set(name, kPlanted, now_));
  const std::string old_key = read(key());
  EXPECT_EQ(kept.rotate(Store::Former::forgotten)->records, 3U);
  EXPECT_FALSE(read(key()).contains(old_key.substr(0, 43)));
  EXPECT_EQ(kept.get("B"), kPlanted);
  write("config/secrets.key", old_key);
  EXPECT_FALSE(kept.get("B"));
}

TEST_F(SecretsRotation, ARotationOfOneFolderLeavesTheOthersOfItsKeyOpen) {
  fs::create_directories(root_ / "other");
  auto first = store();
  auto second = *Store::at(root_ / "other", key());
  ASSERT_TRUE(first.set("A", "one", now_));
  ASSERT_TRUE(second.set("B", "two", now_));
  const auto rotated = first.rotate();
  ASSERT_TRUE(rotated);
  EXPECT_EQ(rotated->former_keys, 1U);
  EXPECT_EQ(second.get("B"), "two");
  EXPECT_TRUE(second.check());
  ASSERT_TRUE(second.set("C", "three", now_));
  EXPECT_EQ(second.rotate()->former_keys, 1U) << "under the key that the first one made";
  EXPECT_EQ(first.get("A"), "one");
  EXPECT_EQ(first.rotate()->former_keys, 2U);
  // The last folder is rotated: the former keys may go, and both still open.
  EXPECT_EQ(second.rotate(Store::Former::forgotten)->former_keys, 0U);
  EXPECT_EQ(first.get("A"), "one");
  EXPECT_EQ(second.get("B"), "two");
  EXPECT_EQ(second.get("C"), "three");
  // In whichever order: the first one may be the last as well.
  EXPECT_EQ(first.rotate()->former_keys, 1U);
  EXPECT_EQ(second.rotate()->former_keys, 1U);
  EXPECT_EQ(first.rotate(Store::Former::forgotten)->former_keys, 0U);
  EXPECT_EQ(first.get("A"), "one");
  EXPECT_EQ(second.get("B"), "two");
  // One that is forgotten too early takes the other's secrets with it.
  EXPECT_EQ(first.rotate(Store::Former::forgotten)->former_keys, 0U);
  EXPECT_EQ(first.get("A"), "one");
  EXPECT_FALSE(second.check()) << "which was said";
}

TEST_F(SecretsRotation, AStoreSealedUnderAnotherKeyTakesNothingMore) {
  auto kept = store();
  ASSERT_TRUE(kept.set("A", kPlanted, now_));
  auto elsewhere = *Store::at(data(), root_ / "elsewhere.key");
  EXPECT_FALSE(elsewhere.check()) << "the key is missing";
  write("elsewhere.key", std::string(43, 'A') + "\n");
  ::chmod((root_ / "elsewhere.key").c_str(), 0600);
  for (const auto& error : {elsewhere.check().error(), elsewhere.set("B", "x", now_).error(),
                            elsewhere.rotate().error()}) {
    EXPECT_EQ(error.code, Code::failed_precondition);
    EXPECT_TRUE(error.message.contains("the secret 'A'")) << error.message;
  }
  EXPECT_TRUE(kept.check());
  EXPECT_EQ(kept.get("A"), kPlanted);
  EXPECT_TRUE(elsewhere.set("A", "anew", now_)) << "the only one, set anew";
}

TEST_F(SecretsRotation, ARotationThatACrashCutOffLeavesAStoreThatOpens) {
  auto kept = store();
  ASSERT_TRUE(kept.set("A", kPlanted, now_));
  const std::string old_key = read(key());
  const std::string old_store = read(data() / "secrets.json");
  ASSERT_TRUE(kept.rotate(Store::Former::forgotten));
  const std::string both = read(key()) + old_key;
  const std::string new_store = read(data() / "secrets.json");
  write("config/secrets.key", both);
  for (const std::string& text : {old_store, new_store}) {
    write("data/secrets.json", text);
    EXPECT_EQ(kept.get("A"), kPlanted);
  }
  write("data/secrets.json", old_store);
  ASSERT_TRUE(kept.set("B", "new", now_));
  EXPECT_EQ(kept.rotate(Store::Former::forgotten)->records, 2U);
  EXPECT_EQ(read(key()).size(), old_key.size()) << "one key is left";
  EXPECT_EQ(kept.get("A"), kPlanted);
  EXPECT_EQ(kept.get("B"), "new");
}

TEST_F(SecretsRotation, ReadersAndWritersInManyThreadsMeetNoHalfChange) {
  auto kept = store();
  ASSERT_TRUE(kept.set("STEADY", kPlanted, now_));
  std::atomic<bool> over = false;
  std::atomic<int> read_count = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      const Resolver resolver({{}, {}, data(), key()});
      while (!over) {
        const auto value = resolver.resolve("STEADY", Rights::all());
        EXPECT_EQ(value, kPlanted) << (value ? "" : value.error().describe());
        ++read_count;
      }
    });
  }
  for (int i = 0; i < 20 || read_count < 20; ++i) {
    EXPECT_TRUE(kept.set("OTHER", std::to_string(i), now_));
    EXPECT_TRUE(kept.rotate(i % 10 == 9 ? Store::Former::forgotten : Store::Former::kept));
  }
  over = true;
}

}  // namespace
}  // namespace millrace::secrets
