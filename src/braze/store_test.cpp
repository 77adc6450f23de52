// What is kept and what comes back: records done again, rows written when memory or the log is
// short, batches that are lost. Each starts the sandbox anew over the same store, as after a crash.
#include <gtest/gtest.h>

#include <set>

#include "braze/endpoints/archive.hpp"
#include "braze/kept.hpp"
#include "tests/support/braze_sandbox.hpp"

namespace millrace::braze {
namespace {

size_t rows_with(Bench& bench, std::string_view prefix) {
  return bench.store.scan(prefix, "", 100'000)->size();
}

void restart(Bench& bench, SandboxOptions options = {}) {
  options.keys = {{"K", {"*"}, "main"}};
  bench.sandbox = std::make_unique<Sandbox>(bench.store, bench.log, bench.clock, bench.lanes,
                                            bench.random, std::move(options));
}

std::string for_user(int user, const std::string& rest) {
  return R"({"attributes":[{"external_id":"u)" + std::to_string(user) + "\"," + rest + "}]}";
}

TEST(BrazeStore, MakesOneRecordOfARequestAndReadsItBack) {
  Bench bench;
  std::string items;
  for (int i = 0; i < 75; ++i) {
    items +=
        (i > 0 ? "," : "") + (R"({"external_id":"u)" + std::to_string(i) + R"(","n":{"inc":1}})");
  }
  bench.track(R"({"attributes":[)" + items + "]}");
  EXPECT_EQ(bench.log.records(), 1u);
  EXPECT_EQ(rows_with(bench, "p/"), 0u) << "no row of a profile yet";
  restart(bench);
  EXPECT_EQ(bench.custom("u74", "n"), "1");
  EXPECT_EQ(bench.profiles().size(), 50u) << "the first page of them";
}

TEST(BrazeStore, EndsTheSameHoweverOftenRecordsAreDoneAgain) {
  Bench bench;
  bench.track(attribute(R"("n":{"inc":2},"s":["a"],"email":"a@ex.com","last_name":"X")"));
  bench.track(event(R"("name":"e","time":"2026-01-01T00:00:00Z")"));
  bench.track(attribute(R"("n":{"inc":2},"s":{"add":["b"]},"last_name":null)"));
  const std::string before = json::serialize(bench.profile("u"));
  for (int i = 0; i < 3; ++i) {
    restart(bench);
    EXPECT_EQ(json::serialize(bench.profile("u")), before);
  }
  bench.sandbox->settle();
  EXPECT_EQ(bench.log.records(), 0u);
  restart(bench);
  EXPECT_EQ(json::serialize(bench.profile("u")), before);
}

TEST(BrazeStore, KeepsItsLogAndItsMemoryWithinTheirBounds) {
  SandboxOptions options;
  options.store.log_bytes_max = 2'000;
  options.store.memory_bytes_max = 64 << 10;
  Bench bench(options);
  constexpr int kUsers = 300;
  for (int round = 0; round < 3; ++round) {
    for (int user = 0; user < kUsers; ++user) {
      ASSERT_EQ(bench.track(for_user(user, R"("n":{"inc":1},"email":"a@ex.com")")).status, 201);
    }
  }
  EXPECT_LT(bench.log.records(), 40u);
  EXPECT_GT(rows_with(bench, "p/"), 200u);
  for (const bool after_restart : {false, true}) {
    if (after_restart) restart(bench, options);
    for (int user = 0; user < kUsers; user += 7) {
      ASSERT_EQ(bench.custom("u" + std::to_string(user), "n"), "3") << user;
    }
  }
}

TEST(BrazeStore, GivesAnIdThatWasFreedToAnotherProfile) {
  SandboxOptions options;
  options.store.log_bytes_max = 1;  // rows are written at once
  Bench bench(options);
  bench.track(attribute(R"("a":1)"));
  const auto rename = [&](const std::string& from, const std::string& to) {
    return bench.send(Bench::request("/users/external_ids/rename",
                                     R"({"external_id_renames":[{"current_external_id":")" + from +
                                         R"(","new_external_id":")" + to + R"("}]})"));
  };
  rename("u", "v");
  bench.send(Bench::request("/users/external_ids/remove", R"({"external_ids":["u"]})"));
  bench.track(attribute(R"("b":2)"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(bench.custom("u", "b"), "2");
    EXPECT_EQ(bench.custom("u", "a"), "absent");
    EXPECT_EQ(bench.custom("v", "a"), "1");
    restart(bench);
  }
}

TEST(BrazeStore, KnowsNothingOfARecordThatWasLostAndGoesOn) {
  Bench bench;
  bench.track(attribute(R"("n":{"inc":1})"));
  bench.log.fails = true;
  EXPECT_EQ(bench.track(attribute(R"("n":{"inc":1},"lost":1)")).status, 503);
  bench.log.fails = false;
  EXPECT_EQ(bench.track(attribute(R"("n":{"inc":1})")).status, 201);
  EXPECT_EQ(bench.custom("u", "n"), "2");
  EXPECT_EQ(bench.custom("u", "lost"), "absent");
}

TEST(BrazeStore, ReadsRecordsBackWhenTheirRowsWereLost) {
  SandboxOptions options;
  options.store.log_bytes_max = 1;  // rows are written at once
  Bench bench(options);
  bench.track(attribute(R"("n":{"inc":1})"));
  bench.store.fails = true;
  EXPECT_EQ(bench.track(attribute(R"("n":{"inc":1})")).status, 201) << "its record is durable";
  EXPECT_EQ(bench.custom("u", "n"), "2");
  bench.store.fails = false;
  EXPECT_EQ(bench.track(attribute(R"("n":{"inc":1})")).status, 201);
  restart(bench, options);
  EXPECT_EQ(bench.custom("u", "n"), "3");
}

TEST(BrazeStore, ShowsEverythingWhileRowsAreOnTheirWay) {
  SandboxOptions options;
  options.store.log_bytes_max = 1;
  Bench bench(options);
  bench.track(attribute(R"("a":1,"email":"a@ex.com")"));
  bench.store.holds = true;
  bench.track(for_user(1, R"("a":2)"));
  bench.track(event(R"("name":"e","time":"2026-01-01T00:00:00Z")"));
  for (const bool are_there : {false, true}) {
    if (are_there) bench.store.release();
    EXPECT_EQ(bench.profiles().size(), 2u);
    const auto shown = bench.send(
        inspect("GET", "/_sandbox/profiles/" + json::to_text(bench.profile("u").at("braze_id"))));
    const auto history = *json::get_array(*json::parse_object(shown->body), "history");
    EXPECT_EQ(history.size(), 2u) << shown->body;
  }
}

TEST(BrazeStore, ListsEveryProfileOnceWhereverItIsKept) {
  SandboxOptions options;
  options.store.log_bytes_max = 20'000;
  Bench bench(options);
  constexpr int kUsers = 130;
  for (int user = 0; user < kUsers; ++user) bench.track(for_user(user, R"("a":1)"));
  ASSERT_GT(rows_with(bench, "p/"), 10u);
  ASSERT_LT(rows_with(bench, "p/"), 120u);
  std::set<std::string> seen;
  size_t listed = 0;
  for (std::string after;;) {
    auto request = inspect("GET", "/_sandbox/profiles");
    request.query = "limit=7&after=" + after;
    const auto page = json::parse_object(bench.send(std::move(request))->body);
    ASSERT_TRUE(page);
    for (const json::value& profile : *json::get_array(*page, "profiles")) {
      seen.insert(json::to_text(profile.at("external_id")));
      ++listed;
    }
    const auto next = json::get_string(*page, "next");
    if (!next) break;
    after = *next;
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(kUsers));
  EXPECT_EQ(listed, seen.size());
}

TEST(BrazeStore, ForgetsTheHistoryOfWhoWasDeletedWhileItWasOnItsWay) {
  SandboxOptions options;
  options.store.log_bytes_max = 1;
  Bench bench(options);
  bench.store.holds = true;
  bench.track(attribute(R"("a":1)"));
  bench.send(Bench::request("/users/delete", R"({"external_ids":["u"]})"));
  bench.track(for_user(1, R"("a":2)"));
  bench.store.release();
  EXPECT_EQ(rows_with(bench, "p/"), 1u);
  EXPECT_EQ(rows_with(bench, "o/"), 1u);
}

TEST(BrazeStore, TakesUpRecordsThatAnEarlierVersionKeptAsRows) {
  Bench bench;
  bench.track(attribute(R"("n":{"inc":1},"email":"a@ex.com")"));
  bench.track(event(R"("name":"e","time":"2026-01-01T00:00:00Z")"));
  base::KeyValueBatch rows;
  const auto last = bench.log.each([&](uint64_t number, std::string_view record) {
    rows.writes.emplace_back("l/000000000000000" + std::to_string(number), record);
    return base::Result<void>();
  });
  ASSERT_EQ(last, 2u);
  const std::string before = json::serialize(bench.profile("u"));
  bench.log.drop(2);
  bench.store.commit(std::move(rows), [](const base::Result<void>&) {});
  for (int i = 0; i < 2; ++i) {
    restart(bench);
    EXPECT_EQ(json::serialize(bench.profile("u")), before);
    EXPECT_EQ(rows_with(bench, "l/"), 0u);
    EXPECT_EQ(rows_with(bench, "p/"), 1u);
  }
}

TEST(BrazeStore, KeepsRowsOfOtherKindsWithTheirRecord) {
  Bench bench;
  bench.store.fails = true;
  EXPECT_LT(
      bench.send(inspect("PUT", "/_sandbox/workspace/campaigns/c1", R"({"name":"C"})"))->status,
      300);
  bench.store.fails = false;
  restart(bench);
  EXPECT_EQ(bench.send(inspect("GET", "/_sandbox/workspace"))->body.contains("c1"), true);
}

TEST(BrazeStore, AppliesLaterWhatWasAcceptedAndForgetsItThen) {
  SandboxOptions options;
  options.apply_delay = ApplyDelay::realistic;
  Bench bench(options);
  EXPECT_EQ(bench.track(attribute(R"("n":{"inc":1})")).status, 201);
  EXPECT_TRUE(bench.profile("u").empty());
  ASSERT_EQ(bench.lanes.delays.size(), 1u);
  EXPECT_GE(bench.lanes.delays[0], std::chrono::seconds(2));
  EXPECT_LE(bench.lanes.delays[0], std::chrono::seconds(8));
  bench.lanes.tasks[0]();
  EXPECT_EQ(bench.custom("u", "n"), "1");
  EXPECT_EQ(rows_with(bench, "q/"), 0u);
}

TEST(BrazeStore, WritesJsonThatReadsBackTheSame) {
  for (const char* text :
       {R"({"a":[1,-2,2.5,1E300,18446744073709551615,true,null,"\"\\\n\u0001é"],"b":{}})",
        R"([1.0,"",[],0.1])"}) {
    const auto value = json::parse(text);
    ASSERT_TRUE(value);
    std::string written;
    append_json(written, *value);
    const auto again = json::parse(written);
    ASSERT_TRUE(again) << written;
    EXPECT_EQ(json::serialize(*again), json::serialize(*value));
  }
}

TEST(BrazeStore, LeavesOutNumbersThatNoDoubleHolds) {
  Bench bench;
  const auto answer = bench.track(
      R"({"attributes":[{"external_id":"u","a":1e999,"o":{"x":[-1e999]},"b":1}],)"
      R"("events":[{"external_id":"u","name":"e","time":"2026-01-01T00:00:00Z","properties":{"p":1e999}}]})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_NE(answer.diagnostics().find("BRZ_NUMBER_TOO_LARGE"), std::string::npos);
  EXPECT_EQ(bench.custom("u", "a"), "absent");
  EXPECT_EQ(bench.custom("u", "o"), "absent");
  EXPECT_EQ(bench.custom("u", "b"), "1");
}

TEST(BrazeStore, KeepsTheRevenueReadableWhateverThePrices) {
  Bench bench;
  const std::string buys =
      R"({"external_id":"u","product_id":"p","currency":"EUR","price":1e308,"quantity":100,"time":"2026-01-01T00:00:00Z"})";
  bench.track(R"({"purchases":[)" + buys + "," + buys + "]}");
  EXPECT_EQ(bench.field("u", "total_revenue"), "0.0");
  EXPECT_NE(bench.field("u", "purchases").find(R"("count":200)"), std::string::npos);
}

TEST(BrazeExport, SaysThatTheStoreFailedRatherThanThatNobodyIsThere) {
  Bench bench;
  bench.store.reads_fail = true;
  const auto answer = bench.send(Bench::request("/users/export/ids", R"({"external_ids":["x"]})"));
  EXPECT_EQ(answer->status, 500);
  EXPECT_EQ(answer->body.find("invalid_user_ids"), std::string::npos);
}

TEST(BrazeArchive, PutsAllBytesInBlocksBetweenHeaderAndSum) {
  const std::string big(200'000, 'x');
  const std::string gz = gzipped(big);
  EXPECT_EQ(gz.size(), 10 + 4 * 5 + big.size() + 8);
  const ArchivedFile files[] = {{"a.txt", "one"}, {"b.txt", ""}};
  EXPECT_TRUE(zipped(files).starts_with("PK\x03\x04"));
}

}  // namespace
}  // namespace millrace::braze
