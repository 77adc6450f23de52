// What BrazeTrack and BrazeCall owe, and how an action that takes long goes on, through the engine.
#include <gtest/gtest.h>

#include "app/wire/receivers.hpp"
#include "dialog/dialog.hpp"
#include "dialog/state/state_v0.hpp"
#include "flow/flow.hpp"

namespace millrace::dialog {
namespace {

flow::Program program_of(const std::string& flow, const std::string& settings = "") {
  const flow::Files files{{"flows/main.flow.yaml", flow}, {"solution.yaml", settings}};
  flow::AppFacts facts;
  facts.csv_bots = {"Test"};
  facts.scripts = {"Slow"};
  facts.kinds = app::receivers();
  auto compiled = flow::compile(files, facts);
  for (const flow::Problem& problem : compiled.problems) {
    if (problem.severity == flow::Severity::error) ADD_FAILURE() << problem.describe();
  }
  MILLRACE_CHECK(compiled.program.has_value());
  return std::move(*compiled.program);
}

class Chat {
 public:
  explicit Chat(flow::Program program) : program_(std::move(program)) {
    state_ = open_chat(program_, {.chat = base::Id::derived("t", "chat"),
                                  .consumer = base::Id::derived("t", "consumer"),
                                  .at = at_});
  }

  void take(decltype(Input::what) what) {
    auto turn = advance(program_, state_, {at_, std::move(what)});
    ASSERT_TRUE(turn) << turn.error().message;
    // What goes into the journal comes out the same.
    auto restored = state_from_json(to_json(turn->state));
    ASSERT_TRUE(restored);
    EXPECT_EQ(to_json(*restored), to_json(turn->state));
    state_ = std::move(turn->state);
    effects_ = std::move(turn->effects);
  }
  void say(const std::string& text) { take(Said{"m" + std::to_string(++said_), text, true}); }
  void end_call(json::object result) {
    take(CallEnded{state_.call->key, CallEnd::returned, std::move(result), {}});
  }

  std::vector<Owe> owed() const { return all<Owe>(); }
  std::vector<Track> tracked() const { return all<Track>(); }
  std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const Say& say : all<Say>()) out.push_back(say.message.text);
    return out;
  }
  const State& state() const { return state_; }
  bool awaits() const { return awaits_delivery(program_, state_); }
  void pass(int64_t ms) { at_.ms += ms; }
  void ring() {
    at_ = state_.timer->due;
    take(TimerDue{*state_.timer});
  }

 private:
  template <typename T>
  std::vector<T> all() const {
    std::vector<T> out;
    for (const Effect& effect : effects_) {
      if (const auto* found = std::get_if<T>(&effect)) out.push_back(*found);
    }
    return out;
  }

  flow::Program program_;
  base::Timestamp at_{1'767'323'045'000};
  State state_;
  std::vector<Effect> effects_;
  int said_ = 0;
};

// Asks for a name, sends it, asks for an id, sends again.
std::string track_flow(const std::string& user, const std::string& wait) {
  return R"(nodes:
  nothing:
    set: {CITY: '', AGE: '', USER: ''}
  name:
    ask: Name?
    variable: NAME
  track:
    do: BrazeTrack
    with:
      user: )" +
         user + R"(
      attributes: {first_name: '{NAME}', age: '{AGE}', home_city: '{CITY}'}
      types: {age: number}
      events: [{name: talked, properties: {bot: test}}]
      wait: )" +
         wait + R"(
    outputs: [outcome]
    decide: outcome
    on: {ok: again, later: late, error: failed}
  again:
    ask: Sent. Who are you?
    variable: USER
  known:
    set: {AGE: '36'}
  once_more:
    say: Once more.
    next: track
  late:
    say: Later.
    end: true
  failed:
    say: Failed.
    end: true
)";
}

TEST(DialogBrazeTrack, IsOwedWithTheTurnAndTheFlowGoesOn) {
  Chat chat(program_of(track_flow("{external_id: '{USER}'}", "queued")));
  chat.say("hi");
  chat.say("Ada");
  ASSERT_EQ(chat.owed().size(), 1);
  const Owe owed = chat.owed()[0];
  EXPECT_EQ(owed.kind, "braze.track");
  EXPECT_TRUE(owed.key.starts_with(chat.state().chat.to_string() + ":"));
  EXPECT_EQ(chat.texts(), std::vector<std::string>{"Sent. Who are you?"});
  const std::string alias = chat.state().consumer.to_string();
  EXPECT_EQ(json::serialize(owed.body),
            R"({"attributes":{"first_name":"Ada"},"events":[{"name":"talked","properties":)"
            R"({"bot":"test"},"time":"2026-01-02T03:04:05.000Z"}],"user":{"user_alias":)"
            R"({"alias_name":")" +
                alias +
                R"(","alias_label":"millrace"}},"options":{"_update_existing_only":false}})");
}

TEST(DialogBrazeTrack, JoinsTheAliasWithTheIdOnceItIsKnown) {
  Chat chat(program_of(track_flow("{external_id: '{USER}'}", "queued")));
  chat.say("hi");
  chat.say("Ada");
  chat.say("u-1");
  ASSERT_EQ(chat.owed().size(), 2);
  EXPECT_EQ(chat.owed()[0].kind, "braze.identify");
  EXPECT_EQ(chat.owed()[0].body.at("external_id"), "u-1");
  EXPECT_EQ(chat.owed()[1].body.at("user"), json::value({{"external_id", "u-1"}}));
  EXPECT_EQ(chat.owed()[1].body.at("attributes").at("age"), 36);
  EXPECT_NE(chat.owed()[0].key, chat.owed()[1].key);
  chat.say("u-1");
  ASSERT_EQ(chat.owed().size(), 1) << "joined once";
}

TEST(DialogBrazeTrack, MergesTheAliasIntoTheProfileOfAnAddress) {
  Chat chat(program_of(track_flow("{email: '{USER}'}", "queued")));
  chat.say("hi");
  chat.say("Ada");
  chat.say("ada@example.com");
  ASSERT_EQ(chat.owed().size(), 2);
  EXPECT_EQ(chat.owed()[0].body.at("user"), json::value({{"email", "ada@example.com"}}));
  EXPECT_EQ(chat.owed()[1].kind, "braze.call");
  EXPECT_EQ(chat.owed()[1].body.at("path"), "/users/merge");
}

TEST(DialogBrazeTrack, WaitsForTheOutcomeWhereTheFlowSaysSo) {
  Chat chat(program_of(track_flow("{external_id: '{USER}'}", "delivered")));
  chat.say("hi");
  chat.say("Ada");
  EXPECT_EQ(chat.state().phase, Phase::calling);
  EXPECT_TRUE(chat.awaits());
  EXPECT_EQ(chat.state().call->key, chat.owed()[0].key);
  chat.end_call({{"outcome", "delivered"}});
  EXPECT_EQ(chat.texts(), std::vector<std::string>{"Sent. Who are you?"});
  EXPECT_FALSE(chat.state().timer);
}

TEST(DialogBrazeTrack, TakesTheRoadLaterWhenTheOutcomeTakesTooLong) {
  Chat chat(program_of(track_flow("{external_id: '{USER}'}", "delivered")));
  chat.say("hi");
  chat.say("Ada");
  ASSERT_TRUE(chat.state().timer);
  EXPECT_EQ(chat.state().timer->kind, TimerKind::limit);
  chat.ring();
  EXPECT_EQ(chat.texts(), std::vector<std::string>{"Later."});
}

TEST(DialogBrazeTrack, TakesTheRoadErrorForAnOutcomeThatIsNotDrawn) {
  Chat chat(program_of(track_flow("{external_id: '{USER}'}", "delivered")));
  chat.say("hi");
  chat.say("Ada");
  chat.end_call({{"outcome", "rejected"}});
  EXPECT_EQ(chat.texts(), std::vector<std::string>{"Failed."});
}

constexpr const char* kSlow = R"(nodes:
  nothing:
    set: {ANSWER: ''}
  slow:
    do: Slow
    outputs: [success]
    decide: success
    on: {'true': good, timeout: late, error: bad}
  good:
    say: Good {ANSWER}.
    end: true
  late:
    say: Late.
    end: true
  bad:
    say: Bad.
    end: true
)";

TEST(DialogPending, GoesOnWhenTheResultComesFromElsewhere) {
  Chat chat(program_of(kSlow, "actions: {pending_limit: 2h, progress_after: 5s}\n"));
  chat.say("hi");
  ASSERT_EQ(chat.state().timer->kind, TimerKind::progress);
  chat.end_call({{"pending", true}});
  EXPECT_EQ(chat.state().phase, Phase::calling);
  chat.ring();
  ASSERT_EQ(chat.texts().size(), 1);
  EXPECT_TRUE(chat.texts()[0].starts_with("This takes a little longer"));
  ASSERT_TRUE(chat.state().timer);
  EXPECT_EQ(chat.state().timer->kind, TimerKind::limit);
  chat.pass(60'000);
  chat.end_call({{"success", "true"}, {"ANSWER", "at last"}});
  EXPECT_EQ(chat.texts(), std::vector<std::string>{"Good at last."});
}

TEST(DialogPending, TakesTheRoadTimeoutWhenNobodyCompletesIt) {
  Chat chat(program_of(kSlow, "actions: {pending_limit: 2h}\n"));
  chat.say("hi");
  EXPECT_FALSE(chat.state().timer) << "the runner keeps the time";
  chat.end_call({{"pending", true}});
  const auto begun = chat.state().call->made_at;
  EXPECT_EQ(chat.state().timer->due.ms, begun.ms + 2 * 3'600'000);
  chat.ring();
  EXPECT_EQ(chat.texts(), std::vector<std::string>{"Late."});
}

constexpr const char* kTracked = R"(
nodes:
  name: {ask: 'Name?', variable: NAME}
  told:
    say: 'Hello {NAME}'
    event: {event_name: Named, additional_properties: {who: '{NAME}'}}
    end: true
)";

TEST(DialogOwing, AnEventIsKeptInTheRecordAndOwedToNobodyUnlessToldSo) {
  Chat chat(program_of(kTracked));
  chat.say("Ana");
  chat.say("Ana");
  EXPECT_TRUE(chat.owed().empty());
  EXPECT_EQ(chat.tracked().size(), 1u);
}

TEST(DialogOwing, AnEventGoesWhereSolutionYamlSaysUnderWhomTheConsumerIsKnownAs) {
  Chat chat(program_of(kTracked, "track: braze"));
  chat.say("Ana");
  chat.say("Ana");
  ASSERT_EQ(chat.owed().size(), 1u);
  const Owe owed = chat.owed()[0];
  EXPECT_EQ(owed.receiver, "braze");
  EXPECT_EQ(owed.command, "");
  EXPECT_EQ(owed.kind, "braze.track");
  EXPECT_TRUE(owed.key.ends_with(":e1")) << owed.key;
  const auto& event = owed.body.at("events").at(0).as_object();
  EXPECT_EQ(event.at("name"), "Named");
  EXPECT_EQ(event.at("properties").at("who"), "Ana");
  EXPECT_TRUE(owed.body.at("user").as_object().contains("user_alias"));
  EXPECT_EQ(chat.tracked().size(), 1u) << "reports read the record";
  EXPECT_EQ(json::serialize(chat.state().known_as.at("braze")), R"({"user":{},"alias":true})");
}

TEST(DialogOwing, HowAReceiverKnowsTheConsumerIsReadFromWhereItOnceStood) {
  Chat chat(program_of(kTracked));
  chat.say("Ana");
  json::object old = to_version_0(chat.state());
  old["braze"] = json::object{{"user", json::object{{"email", "a@b.c"}}}, {"alias", false}};
  const auto today = state_from_version_0(old);
  ASSERT_TRUE(today);
  const auto state = state_from_json(*today);
  ASSERT_TRUE(state);
  ASSERT_EQ(state->known_as.size(), 1u);
  EXPECT_EQ(state->known_as.at("braze").at("user").at("email"), "a@b.c");
  EXPECT_EQ(to_version_0(*state), old);
}

}  // namespace
}  // namespace millrace::dialog
