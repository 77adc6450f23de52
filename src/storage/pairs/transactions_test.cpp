// Pairs changed in transactions: what is there, in which order, what an error takes back, and what
// a second opener of the same file sees.
#include <gtest/gtest.h>

#include "storage/storage.hpp"
#include "tests/fakes/folder.hpp"

namespace millrace::storage {
namespace {

using access::PairsChange;
using access::PairsRead;

std::vector<std::string> keys_of(const std::vector<access::Pair>& pairs) {
  std::vector<std::string> keys;
  for (const auto& pair : pairs) keys.push_back(pair.first);
  return keys;
}

class Transactions : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = open_transactions(folder_.path / "pairs.db");
    ASSERT_TRUE(opened) << opened.error().describe();
    pairs_ = std::move(*opened);
  }
  void put(const std::vector<std::string>& keys) {
    const auto done = pairs_->change([&](PairsChange& pairs) -> base::Result<void> {
      for (const std::string& key : keys) {
        if (auto put = pairs.put(key, "of " + key); !put) return put;
      }
      return {};
    });
    ASSERT_TRUE(done) << done.error().describe();
  }
  std::vector<std::string> scanned(std::string_view prefix, std::string_view from, size_t limit,
                                   bool back = false) {
    std::vector<std::string> keys;
    const auto done = pairs_->read([&](PairsRead& pairs) -> base::Result<void> {
      const auto page =
          back ? pairs.scan_back(prefix, from, limit) : pairs.scan(prefix, from, limit);
      if (!page) return std::unexpected(page.error());
      keys = keys_of(*page);
      return {};
    });
    EXPECT_TRUE(done);
    return keys;
  }

  fakes::Folder folder_;
  std::unique_ptr<access::Transactions> pairs_;
};

using Keys = std::vector<std::string>;

TEST_F(Transactions, ScansFromBothEnds) {
  put({"a/1", "a/2", "a/3", "b/1", "\xFF\xFF"});
  EXPECT_EQ(scanned("a/", "", 10), (Keys{"a/1", "a/2", "a/3"}));
  EXPECT_EQ(scanned("a/", "a/1", 1), (Keys{"a/2"}));
  EXPECT_EQ(scanned("", "", 10).size(), 5u);
  EXPECT_EQ(scanned("\xFF", "", 10), (Keys{"\xFF\xFF"}));
  EXPECT_EQ(scanned("a/", "", 10, true), (Keys{"a/3", "a/2", "a/1"}));
  EXPECT_EQ(scanned("a/", "a/3", 1, true), (Keys{"a/2"}));
  EXPECT_EQ(scanned("b/", "", 10, true), (Keys{"b/1"}));
}

TEST_F(Transactions, TakesBackWhatFailed) {
  put({"kept"});
  const auto done = pairs_->change([](PairsChange& pairs) -> base::Result<void> {
    EXPECT_TRUE(pairs.put("new", ""));
    EXPECT_TRUE(pairs.remove("kept"));
    return base::fail(base::Code::already_exists, "no");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, base::Code::already_exists);
  EXPECT_EQ(scanned("", "", 10), (Keys{"kept"}));
}

TEST_F(Transactions, SeeWhatAnotherOpenerChanged) {
  auto other = open_transactions(folder_.path / "pairs.db");
  ASSERT_TRUE(other);
  put({"x"});
  EXPECT_TRUE((*other)->change([](PairsChange& pairs) -> base::Result<void> {
    const auto value = pairs.get("x");
    EXPECT_TRUE(value && *value && **value == "of x");
    return pairs.put("y", "");
  }));
  EXPECT_EQ(scanned("", "", 10), (Keys{"x", "y"}));
}

}  // namespace
}  // namespace millrace::storage
