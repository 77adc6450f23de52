// The chain of the audit log: whatever is done to a row that stands shows, and where.
#include <gtest/gtest.h>

#include "access/audit.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/transactions.hpp"

namespace millrace::access {
namespace {

class AccessAudit : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 1; i <= 603; ++i) {
      AuditRow row;
      row.at = {fakes::kSomeTimeMs + i};
      row.who = i % 2 == 0 ? "user:a" : "key:b";
      row.action = i % 3 == 0 ? "user.add" : "chat.turns";
      row.object = std::to_string(i);
      row.outcome = "done";
      ASSERT_TRUE(store_.change([&](PairsChange& pairs) { return add_row(pairs, row); }));
    }
  }
  static constexpr std::string_view kKey = "a key of thirty-two bytes, or so";
  base::Result<int64_t> pruned(int64_t before, size_t max = 1'000, std::string_view key = kKey) {
    base::Result<int64_t> count = 0;
    const auto done = store_.change([&](PairsChange& pairs) -> base::Result<void> {
      count = prune_rows(pairs, {fakes::kSomeTimeMs + before}, key, max);
      if (!count) return std::unexpected(count.error());
      return {};
    });
    EXPECT_EQ(done.has_value(), count.has_value());
    return count;
  }
  AuditCheck verified(std::optional<std::pair<int64_t, std::string>> expected = std::nullopt,
                      std::string_view key = kKey) {
    AuditCheck check;
    EXPECT_TRUE(store_.read([&](PairsRead& pairs) -> base::Result<void> {
      auto found = verify_rows(pairs, expected, key);
      if (!found) return std::unexpected(found.error());
      check = std::move(*found);
      return {};
    }));
    return check;
  }
  std::vector<AuditRow> listed(const AuditFilter& filter) {
    std::vector<AuditRow> rows;
    EXPECT_TRUE(store_.read([&](PairsRead& pairs) -> base::Result<void> {
      auto found = list_rows(pairs, filter);
      if (!found) return std::unexpected(found.error());
      rows = std::move(*found);
      return {};
    }));
    return rows;
  }
  std::string& row(int number) {
    const std::string digits = std::to_string(number);
    return store_.pairs["audit/" + std::string(20 - digits.size(), '0') + digits];
  }
  fakes::MemoryTransactions store_;
};

TEST_F(AccessAudit, IsWholeAsItWasWritten) {
  const auto check = verified();
  EXPECT_EQ(check.problem, "");
  EXPECT_EQ(check.rows, 603);
}

TEST_F(AccessAudit, IsWholeAfterItsOldRowsWerePruned) {
  const std::string at_100 = row(100).substr(0, 64);
  const std::string at_50 = row(50).substr(0, 64);
  const std::string at_600 = row(600).substr(0, 64);
  EXPECT_EQ(*pruned(101, 60), 60);
  EXPECT_EQ(*pruned(101), 40);
  EXPECT_EQ(*pruned(101), 0);
  auto check = verified();
  EXPECT_EQ(check.problem, "");
  EXPECT_EQ(check.pruned, 100);
  EXPECT_EQ(check.rows, 603);
  EXPECT_EQ(listed({.limit = 1'000}).size(), 503u);
  EXPECT_EQ(verified({{100, at_100}}).problem, "");
  EXPECT_EQ(verified({{600, at_600}}).problem, "");
  EXPECT_NE(verified({{100, at_600}}).problem, "");
  EXPECT_NE(verified({{50, at_50}}).problem, "");
  // The last row stays, whatever its age, and the log goes on from it.
  EXPECT_EQ(*pruned(10'000), 502);
  AuditRow more;
  more.at = {fakes::kSomeTimeMs + 20'000};
  more.action = "more";
  ASSERT_TRUE(store_.change([&](PairsChange& pairs) { return add_row(pairs, more); }));
  check = verified();
  EXPECT_EQ(check.problem, "");
  EXPECT_EQ(check.rows, 604);
}

TEST_F(AccessAudit, ShowsAnAnchorThatIsNotItsOwn) {
  ASSERT_EQ(*pruned(101), 100);
  const std::string text = row(101);
  const std::string anchor = store_.pairs["audit-anchor"];
  EXPECT_NE(verified(std::nullopt, "another key").problem, "");
  EXPECT_NE(verified(std::nullopt, "").problem, "");
  EXPECT_FALSE(pruned(200, 1'000, "another key"));
  // Rows cut off its beginning, with an anchor that somebody else made.
  store_.pairs["audit-anchor"] =
      "101 " + text.substr(0, 64) + " " + anchor.substr(anchor.rfind(' ') + 1);
  store_.pairs.erase("audit/00000000000000000101");
  EXPECT_NE(verified().problem, "");
  store_.pairs.erase("audit-anchor");
  EXPECT_EQ(verified().problem, "row 1 is missing");
}

TEST_F(AccessAudit, PrunesNothingThatIsNotWhole) {
  std::string& text = row(3);
  text.replace(text.find("chat.turns") == std::string::npos ? text.find("user.add")
                                                            : text.find("chat.turns"),
               4, "nope");
  EXPECT_FALSE(pruned(101));
  EXPECT_EQ(listed({.limit = 1'000}).size(), 603u);
}

TEST_F(AccessAudit, ShowsARowThatWasChanged) {
  std::string& text = row(550);
  text.replace(text.find("key:b") == std::string::npos ? text.find("user:a") : text.find("key:b"),
               5, "nobod");
  EXPECT_TRUE(verified().problem.starts_with("row 550 is not")) << verified().problem;
}

TEST_F(AccessAudit, ShowsARowThatWasTakenOut) {
  store_.pairs.erase("audit/00000000000000000550");
  EXPECT_EQ(verified().problem, "row 550 is missing");
}

TEST_F(AccessAudit, ShowsRowsThatWereExchanged) {
  std::swap(row(10), row(11));
  EXPECT_TRUE(verified().problem.starts_with("row 10 is not"));
}

TEST_F(AccessAudit, ShowsThatItsEndWasCutOff) {
  store_.pairs.erase("audit/00000000000000000603");
  EXPECT_TRUE(verified().problem.starts_with("the last rows are missing"));
}

TEST_F(AccessAudit, ShowsThatItWasMadeAnewAgainstAHashThatWasNoted) {
  const auto before = verified();
  store_.pairs.clear();
  SetUp();
  const auto same = verified(std::pair(before.rows, before.last_hash));
  EXPECT_EQ(same.problem, "") << "the same rows have the same hashes";
  store_.pairs.clear();
  AuditRow other;
  other.action = "nothing";
  for (int i = 0; i < 700; ++i) {
    ASSERT_TRUE(store_.change([&](PairsChange& pairs) { return add_row(pairs, other); }));
  }
  EXPECT_EQ(verified().problem, "");
  EXPECT_NE(verified(std::pair(before.rows, before.last_hash)).problem, "");
  EXPECT_NE(verified(std::pair(int64_t{5'000}, before.last_hash)).problem, "");
}

TEST_F(AccessAudit, ListsTheLatestFirstAndWhatIsMeant) {
  EXPECT_EQ(listed({.limit = 3}).front().object, "603");
  EXPECT_EQ(listed({.before = 603, .limit = 1}).front().object, "602");
  const auto adds = listed({.who = "user:a", .action = "user.", .limit = 2'000});
  EXPECT_EQ(adds.size(), 100u);
  EXPECT_EQ(listed({.object = "77"}).size(), 1u);
  EXPECT_EQ(listed({.since = base::Timestamp{fakes::kSomeTimeMs + 600}}).size(), 4u);
}

}  // namespace
}  // namespace millrace::access
