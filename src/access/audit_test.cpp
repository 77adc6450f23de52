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
  AuditCheck verified(std::optional<std::pair<int64_t, std::string>> expected = std::nullopt) {
    AuditCheck check;
    EXPECT_TRUE(store_.read([&](PairsRead& pairs) -> base::Result<void> {
      auto found = verify_rows(pairs, expected);
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
