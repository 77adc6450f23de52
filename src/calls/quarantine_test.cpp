// What is put aside, and when, against records in memory.

#include "calls/quarantine.hpp"

#include "tests/support/calls.hpp"

namespace millrace::calls::testing {
namespace {

class MemoryRecords final : public DeathRecords {
 public:
  std::optional<DeathRecord> find(const std::string& id) override {
    const auto found = kept.find(id);
    if (found == kept.end()) return std::nullopt;
    return found->second;
  }
  base::Result<void> keep(const DeathRecord& record) override {
    if (is_full) return base::fail(base::Code::unavailable, "no space");
    kept[record.id()] = record;
    return {};
  }
  void forget(const std::string& id) override { kept.erase(id); }
  std::vector<DeathRecord> all() override {
    std::vector<DeathRecord> found;
    for (const auto& [id, record] : kept) found.push_back(record);
    return found;
  }

  std::map<std::string, DeathRecord> kept;
  bool is_full = false;
};

class CallsQuarantine : public ::testing::Test {
 protected:
  static runtime::ActionCall call(const std::string& key, bool uncertain = false) {
    runtime::ActionCall made;
    made.solution = "Hotel";
    made.version = "v1";
    made.command = "Reserve";
    made.idempotency_key = key;
    made.uncertain = uncertain;
    return made;
  }

  MemoryRecords records;
  fakes::Clock clock;
  fakes::KeptLog log;
  fakes::KeptMeter meter;
};

TEST_F(CallsQuarantine, PutsACallAsideThatEndsItsWorkersAgainAndAgain) {
  Quarantine quarantine(&records, clock, log, meter);
  EXPECT_FALSE(quarantine.died(call("a"), Kind::crashed, "signal SEGV"));
  EXPECT_FALSE(quarantine.died(call("a"), Kind::timed_out, "too long"));
  EXPECT_FALSE(quarantine.refusal(call("a")));
  EXPECT_TRUE(quarantine.died(call("a"), Kind::crashed, "signal SEGV"));
  const auto why = quarantine.refusal(call("a"));
  ASSERT_TRUE(why);
  EXPECT_TRUE(why->contains("quarantined")) << *why;
  EXPECT_FALSE(quarantine.refusal(call("b")));
  EXPECT_EQ(meter.value("calls_quarantined_total Hotel Reserve"), 1);
}

TEST_F(CallsQuarantine, ForgetsTheDeathsOfACallThatLived) {
  Quarantine quarantine(&records, clock, log, meter);
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(quarantine.died(call("a"), Kind::crashed, ""));
    EXPECT_FALSE(quarantine.died(call("a"), Kind::crashed, ""));
    quarantine.lived(call("a"));
  }
  EXPECT_TRUE(records.kept.empty());
}

TEST_F(CallsQuarantine, PutsACommandAsideThatOnlyEndsItsWorkers) {
  Quarantine quarantine(&records, clock, log, meter);
  for (int i = 0; i < kDeathsOfCommandMax; ++i) {
    EXPECT_FALSE(quarantine.refusal(call("fresh"))) << i;
    quarantine.died(call("c" + std::to_string(i)), Kind::crashed, "");
  }
  EXPECT_TRUE(quarantine.refusal(call("fresh")));
  auto other = call("fresh");
  other.version = "v2";
  EXPECT_FALSE(quarantine.refusal(other)) << "a deploy mends it";
}

TEST_F(CallsQuarantine, DoesNotAddUpWhatLiesFarApartOrTimesOut) {
  Quarantine quarantine(&records, clock, log, meter);
  for (int i = 0; i < 3 * kDeathsOfCommandMax; ++i) {
    quarantine.died(call("c" + std::to_string(i)), Kind::crashed, "");
    clock.ms += kDeathsWindowMs + 1;
  }
  for (int i = 0; i < 3 * kDeathsOfCommandMax; ++i) {
    quarantine.died(call("t" + std::to_string(i)), Kind::timed_out, "");
  }
  EXPECT_FALSE(quarantine.refusal(call("fresh")));
}

TEST_F(CallsQuarantine, CountsACallThatEndsTheServerBeforeItRuns) {
  for (int run = 1; run < kDeathsOfCallMax; ++run) {
    Quarantine quarantine(&records, clock, log, meter);
    EXPECT_FALSE(quarantine.refusal(call("a", true))) << run;
    EXPECT_EQ(records.kept.size(), 1u);
  }
  Quarantine quarantine(&records, clock, log, meter);
  EXPECT_TRUE(quarantine.refusal(call("a", true)));
  EXPECT_TRUE(Quarantine(&records, clock, log, meter).refusal(call("a", true))) << "for good";
}

TEST_F(CallsQuarantine, DoesNotCountAServerThatStopped) {
  for (int run = 0; run < 10; ++run) {
    Quarantine quarantine(&records, clock, log, meter);
    EXPECT_FALSE(quarantine.refusal(call("a", true)));
    quarantine.lived(call("a", true));
  }
  EXPECT_TRUE(records.kept.empty());
}

TEST_F(CallsQuarantine, ReleasesWhatTheOperatorTookAway) {
  Quarantine quarantine(&records, clock, log, meter);
  for (int i = 0; i < kDeathsOfCallMax; ++i) quarantine.died(call("a"), Kind::crashed, "");
  ASSERT_TRUE(quarantine.refusal(call("a")));
  records.kept.clear();
  EXPECT_FALSE(quarantine.refusal(call("a")));
  EXPECT_FALSE(quarantine.died(call("a"), Kind::crashed, "")) << "it begins anew";
}

TEST_F(CallsQuarantine, RunsNothingThatItCannotCount) {
  Quarantine quarantine(&records, clock, log, meter);
  records.is_full = true;
  EXPECT_TRUE(quarantine.refusal(call("a", true)));
  EXPECT_FALSE(quarantine.refusal(call("a")));
}

TEST_F(CallsQuarantine, ReadsItsRecordsBack) {
  const DeathRecord one{"k\n\"", "s", "v", "c", 4, true, {17}, "m"};
  const auto read = death_record_from_json(to_json(one));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id(), one.id());
  EXPECT_EQ(read->deaths, 4);
  EXPECT_TRUE(read->is_aside);
  EXPECT_EQ(read->at.ms, 17);
}

}  // namespace
}  // namespace millrace::calls::testing
