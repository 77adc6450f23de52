// What /healthz and /readyz answer: with every part of the server right, failing, silent, and asked
// by many.

#include "app/wire/health.hpp"

#include <gtest/gtest.h>

#include <future>

#include "app/wire/health_pages.hpp"
#include "app/wire/worker_watch.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/journal.hpp"
#include "tests/fakes/lanes.hpp"
#include "tests/fakes/log.hpp"
#include "tests/fakes/runner.hpp"

namespace millrace::app {
namespace {

using base::Code;

class HealthOfAServer : public ::testing::Test {
 protected:
  Health& health() {
    if (!health_) {
      health_.emplace(Health::Ports{journal_, lanes_, meter_, log_,
                                    [this] { return std::string(workers_wrong_); },
                                    std::filesystem::temp_directory_path(), disk_min_});
    }
    return *health_;
  }
  HealthReport ask() {
    std::promise<HealthReport> promise;
    health().ask([&](const HealthReport& report) { promise.set_value(report); });
    return promise.get_future().get();
  }
  // Another look, not what was seen a moment ago.
  HealthReport ask_anew() {
    meter_.set(kStoreStopped, {{"store", "none"}}, 0);
    return ask();
  }
  web::Response get(const std::string& path, Details details, const std::string& peer,
                    const std::string& method = "GET") {
    HealthPages pages(health(), details);
    web::Request request;
    request.method = method;
    request.path = path;
    request.peer = peer;
    std::promise<web::Response> promise;
    pages.handle(request, [&](web::Response answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
  }

  fakes::Journal journal_;
  fakes::Clock clock_;
  fakes::Lanes lanes_{clock_};
  base::NoMeter shown_;
  WatchedMeter meter_{shown_};
  fakes::KeptLog log_;
  const char* workers_wrong_ = "";
  uint64_t disk_min_ = 1;
  std::optional<Health> health_;
};

TEST_F(HealthOfAServer, EveryCheckIsRight) {
  const HealthReport report = ask();
  EXPECT_TRUE(report.alive());
  EXPECT_TRUE(report.ready());
  EXPECT_EQ(json::serialize(report.to_json(false, true)),
            R"({"status":"ok","checks":{"lanes":"ok","journal":"ok","disk":"ok","workers":"ok",)"
            R"("deliveries":"ok"}})");
  EXPECT_EQ(json::serialize(report.to_json(true, false)), R"({"status":"ok"})");
}

TEST_F(HealthOfAServer, AJournalThatTakesNothingIsNeitherAliveNorReady) {
  journal_.is_full = true;
  EXPECT_FALSE(ask().alive());
  EXPECT_FALSE(ask().ready());
  journal_.is_full = false;
  EXPECT_TRUE(ask_anew().alive());
  EXPECT_EQ(log_.lines().size(), 2u) << "one line when it fails, one when it is right again";
}

TEST_F(HealthOfAServer, AStoreThatStopsEndsWhatWasSeenBefore) {
  EXPECT_TRUE(ask().ready());
  journal_.is_full = true;
  meter_.set(kStoreStopped, {{"store", "journal"}}, 1);
  EXPECT_FALSE(ask().ready()) << "although the last look was a moment ago";
}

TEST_F(HealthOfAServer, ACommitThatDoesNotComeIsWaitedForOnceAndSaidSo) {
  journal_.is_silent = true;
  const HealthReport late = ask();
  EXPECT_FALSE(late.alive());
  EXPECT_TRUE(late.checks[1].wrong.contains("has not committed"));
  EXPECT_FALSE(ask_anew().alive());
  EXPECT_EQ(journal_.probes, 1) << "none is asked for while one is awaited";
  journal_.is_silent = false;
  for (auto& done : journal_.kept) done({});
  EXPECT_TRUE(ask_anew().alive());
}

TEST_F(HealthOfAServer, AThreadThatDoesNotTurnIsNotAlive) {
  lanes_.stuck = 1;
  EXPECT_FALSE(ask().alive());
}

TEST_F(HealthOfAServer, ADiskNearlyFullWorkersOrDeliveriesThatStandLeaveItAliveAndNotReady) {
  disk_min_ = ~uint64_t{0};
  EXPECT_TRUE(ask().alive());
  EXPECT_FALSE(ask().ready());
  health_.reset();
  disk_min_ = 1;
  workers_wrong_ = "none";
  EXPECT_TRUE(ask().alive());
  EXPECT_FALSE(ask().ready());
  health_.reset();
  workers_wrong_ = "";
  meter_.set(kDeliveryStopped, {{"solution", "Owe"}, {"environment", "live"}}, 1);
  EXPECT_TRUE(ask().alive());
  EXPECT_FALSE(ask().ready());
  EXPECT_EQ(meter_.stopped(kDeliveryStopped), "Owe live");
  meter_.set(kDeliveryStopped, {{"solution", "Owe"}, {"environment", "live"}}, 0);
  EXPECT_TRUE(ask_anew().ready());
}

TEST_F(HealthOfAServer, ManyWhoAskAreToldByOneLook) {
  std::atomic<int> told = 0;
  for (int n = 0; n < 1'000; ++n) health().ask([&](const HealthReport&) { ++told; });
  (void)ask();
  health().stop();
  EXPECT_EQ(told, 1'000);
  EXPECT_LE(journal_.probes, 3) << "the first look, and one for those who came during it";
}

TEST_F(HealthOfAServer, WhoAsksWhileItStopsIsToldThatItFails) {
  health().stop();
  EXPECT_FALSE(ask().alive());
  EXPECT_FALSE(ask().ready());
}

TEST_F(HealthOfAServer, PagesShowTheChecksToThisMachineAlone) {
  EXPECT_TRUE(get("/readyz", Details::to_this_machine, "127.0.0.1").body.contains("journal"));
  EXPECT_TRUE(get("/readyz", Details::to_this_machine, "::1").body.contains("journal"));
  EXPECT_EQ(get("/readyz", Details::to_this_machine, "192.0.2.1").body, R"({"status":"ok"})");
  EXPECT_TRUE(get("/readyz", Details::always, "192.0.2.1").body.contains("journal"));
  EXPECT_FALSE(get("/healthz", Details::always, "127.0.0.1").body.contains("disk"));
  EXPECT_EQ(get("/healthz", Details::always, "127.0.0.1", "POST").status, 405);
  EXPECT_EQ(get("/healthz", Details::always, "127.0.0.1", "HEAD").body, "");
  journal_.is_full = true;
  meter_.set(kStoreStopped, {{"store", "journal"}}, 1);
  EXPECT_EQ(get("/healthz", Details::to_this_machine, "192.0.2.1").status, 503);
  EXPECT_EQ(get("/readyz", Details::to_this_machine, "192.0.2.1").status, 503);
}

TEST(WorkersOfAServer, AreWrongFromARefusalUntilACallRuns) {
  fakes::Runner workers;
  fakes::Clock clock;
  WorkerWatch watch(workers, clock);
  const auto call = [&](runtime::CallOutcome kind) {
    workers.answer = {.kind = kind};
    runtime::CallOutcome told = runtime::CallOutcome::unknown;
    watch.call({}, [&](const runtime::ActionOutcome& outcome) { told = outcome.kind; });
    EXPECT_EQ(told, kind);
  };
  EXPECT_EQ(watch.wrong(), "");
  call(runtime::CallOutcome::refused);
  EXPECT_NE(watch.wrong(), "");
  call(runtime::CallOutcome::raised);
  EXPECT_EQ(watch.wrong(), "") << "a script that raises did find a worker";
  call(runtime::CallOutcome::refused);
  clock.ms += 61'000;
  EXPECT_EQ(watch.wrong(), "") << "it is not held against them for ever";
}

}  // namespace
}  // namespace millrace::app
