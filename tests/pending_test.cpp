// Calls that are completed from elsewhere, and turns that owe deliveries, through the whole runtime
// in the simulated world; with a crash in between.
#include <gtest/gtest.h>

#include <optional>

#include "app/wire/receivers.hpp"
#include "flow/flow.hpp"
#include "runtime/completion_token.hpp"
#include "tests/fakes/runner.hpp"
#include "tests/simulation/calm_world.hpp"

namespace millrace {
namespace {

class RuntimePending : public simulation::CalmWorld {
 protected:
  RuntimePending() {
    actions_ = &scripted_;
    answer({{"pending", true}});
  }
  void answer(json::object result) {
    scripted_.answer = runtime::ActionOutcome{.result = std::move(result)};
  }

  void serve(const std::string& flow, const std::string& settings = "") {
    flow::AppFacts facts{{"Test"}, {}, {"Slow"}};
    facts.kinds = app::receivers();
    auto compiled =
        flow::compile({{"flows/main.flow.yaml", flow}, {"solution.yaml", settings}}, facts);
    for (const flow::Problem& problem : compiled.problems) {
      if (problem.severity == flow::Severity::error) ADD_FAILURE() << problem.describe();
    }
    MILLRACE_CHECK(compiled.program.has_value());
    solutions_.deploy(runtime::make_solution(
        std::make_shared<const flow::Program>(std::move(*compiled.program))));
    restart();
  }
  void restart() {
    CalmWorld::restart();
    ASSERT_TRUE(runtime_->recover());
    run_for(500);
  }
  std::string say(const std::string& id, const std::string& text) {
    std::optional<base::Result<runtime::Answer>> result;
    runtime_->converse(from("ada", id, text),
                       [&](base::Result<runtime::Answer> answer) { result = std::move(answer); });
    while (!result && schedule_.run_one()) {
    }
    if (!result || !*result) return "no answer";
    std::string all;
    for (const auto& message : (*result)->messages) all += message.content.text + "|";
    return all;
  }
  base::Result<void> complete(const std::string& token, json::object answer) {
    std::optional<base::Result<void>> result;
    runtime_->complete(token, std::move(answer),
                       [&](base::Result<void> given) { result = std::move(given); });
    while (!result && schedule_.run_one()) {
    }
    return result ? *result : base::fail(base::Code::unavailable, "no answer");
  }
  std::string token() const {
    return std::string(*json::get_string(scripted_.calls.back().context, "completion_token"));
  }

  fakes::Runner scripted_;
};

constexpr const char* kSlow = R"(nodes:
  slow:
    do: Slow
    outputs: [success]
    decide: success
    on: {'true': good, error: bad}
  good:
    ask: Done. Anything else?
    variable: MORE
  end:
    say: Bye.
    end: true
  bad:
    say: Bad.
    end: true
)";

TEST_F(RuntimePending, IsCompletedOnceByItsTokenAlsoAfterACrash) {
  serve(kSlow);
  EXPECT_EQ(say("1", "hi"), "") << "the request does not wait for what may take hours";
  ASSERT_EQ(scripted_.calls.size(), 1);
  const std::string token = this->token();
  restart();
  EXPECT_EQ(scripted_.calls.size(), 1) << "what is pending is not called again";
  EXPECT_EQ(complete("nonsense", {}).error().code, base::Code::permission_denied);
  std::string forged = token;
  forged[40] = forged[40] == 'A' ? 'B' : 'A';
  EXPECT_EQ(complete(forged, {}).error().code, base::Code::permission_denied);
  ASSERT_TRUE(complete(token, {{"success", "true"}}));
  EXPECT_EQ(complete(token, {{"success", "true"}}).error().code, base::Code::not_found);
  EXPECT_EQ(say("2", "no"), "Bye.|");
}

TEST_F(RuntimePending, TokenEndsWithTheLimit) {
  serve(kSlow, "actions: {pending_limit: 1h}\n");
  say("1", "hi");
  clock_.jump(3'600'001);
  EXPECT_EQ(complete(token(), {{"success", "true"}}).error().code, base::Code::permission_denied);
}

TEST_F(RuntimePending, LeftUnderATokenOfItsOwnIsAnError) {
  serve(kSlow);
  answer({{"pending", "job-17"}});
  EXPECT_EQ(say("1", "hi"), "Bad.|");
}

TEST_F(RuntimePending, FalseIsNotPending) {
  serve(kSlow);
  answer({{"pending", false}, {"success", "true"}});
  EXPECT_EQ(say("1", "hi"), "Done. Anything else?|");
}

TEST_F(RuntimePending, PolicyOfTheCommandGoesWithTheCall) {
  serve(kSlow,
        "actions:\n  time_limit: 2s\n  commands:\n    Slow: {attempts: 3, retry: [raised], "
        "backoff: {base: 100ms, cap: 1s}, concurrency: 4}\n");
  say("1", "hi");
  const runtime::CallPolicy& policy = scripted_.calls.back().policy;
  EXPECT_EQ(policy.time_limit, std::chrono::seconds(2));
  EXPECT_EQ(policy.attempts_max, 3);
  EXPECT_EQ(policy.retry_on, std::vector{runtime::CallOutcome::raised});
  EXPECT_EQ(policy.backoff.base_ms, 100);
  EXPECT_EQ(policy.concurrency_max, 4);
}

constexpr const char* kTrack = R"(nodes:
  name:
    ask: Name?
    variable: NAME
  track:
    do: BrazeTrack
    with: {attributes: {first_name: '{NAME}'}, wait: delivered}
    outputs: [outcome]
    decide: outcome
    on: {ok: good, error: bad}
  good:
    say: Sent.
    end: true
  bad:
    say: Not sent.
    end: true
)";

TEST_F(RuntimePending, DeliveryIsInTheRecordOfItsTurn) {
  serve(kTrack);
  say("1", "hi");
  EXPECT_EQ(say("2", "Ada"), "Sent.|");
  EXPECT_EQ(owing_.owed(), 1);
  size_t rows = 0;
  for (const auto& [consumer, records] : disk_.kept()) {
    for (const auto& record : records) {
      for (const runtime::Delivery& delivery : record.deliveries) {
        ++rows;
        EXPECT_EQ(delivery.consumer, consumer);
        EXPECT_EQ(delivery.kind, "braze.track");
        EXPECT_EQ(delivery.solution, "Test");
      }
    }
  }
  EXPECT_EQ(rows, 1);
}

}  // namespace
}  // namespace millrace
