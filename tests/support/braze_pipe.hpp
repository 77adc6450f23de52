// For tests: a pipe beside a model of Braze, on a clock that only the test moves. What is written
// about each row stands for the store.
#pragma once

#include <gtest/gtest.h>

#include "delivery/braze/codec.hpp"
#include "delivery/pipe.hpp"
#include "tests/support/model_braze.hpp"

namespace millrace::delivery::braze {

inline Row track(int64_t id, const std::string& user, const std::string& parts,
                 const std::string& consumer = "") {
  Row row;
  row.id = id;
  row.key = "k" + std::to_string(id);
  row.consumer = base::Id::derived("consumer", consumer.empty() ? user : consumer);
  row.kind = "braze.track";
  row.body = R"({"user":{"external_id":")" + user + "\"}," + parts + "}";
  return row;
}
inline Row attribute(int64_t id, const std::string& user, const std::string& name, int value) {
  return track(id, user, R"("attributes":{")" + name + "\":" + std::to_string(value) + "}");
}
inline Row event(int64_t id, const std::string& user, const std::string& name) {
  return track(id, user, R"("events":[{"name":")" + name + R"(","time":"2026-01-01T00:00:00Z"}])");
}

class PipeBench {
 public:
  explicit PipeBench(Rules rules = {}, Limits limits = {})
      : pipe(rules, std::make_unique<BrazeCodec>(limits)) {
    (void)pipe.set({{"url", {""}}, {"api_key", {"SECRET-KEY"}}});
  }

  // The requests that may be made now.
  std::vector<Sending> all() {
    std::vector<Sending> out;
    while (auto sending = pipe.next(now)) out.push_back(std::move(*sending));
    read_effects();
    return out;
  }
  Sending one() {
    auto sendings = all();
    EXPECT_EQ(sendings.size(), 1u);
    return sendings.empty() ? Sending{} : std::move(sendings.front());
  }
  void answer(const Sending& sending, int status, std::string body,
              std::vector<web::Header> headers = {}) {
    finish(
        sending,
        {web::OutboundAnswer::Kind::answered, {status, std::move(headers), std::move(body)}, ""});
  }
  void success(const Sending& sending) { answer(sending, 201, R"({"message":"success"})"); }
  void finish(const Sending& sending, const web::OutboundAnswer& outcome) {
    pipe.answered(sending.number, outcome, now, dice());
    read_effects();
  }
  // Lets the model answer whatever comes until nothing does.
  void play(ModelBraze::Fault fault = ModelBraze::Fault::none) {
    for (auto sendings = all(); !sendings.empty(); sendings = all()) {
      for (const Sending& sending : sendings) {
        finish(sending, braze.answer(sending.url, sending.body, fault, "SECRET-KEY"));
      }
    }
  }
  void read_effects() {
    Effects effects = pipe.take_effects();
    for (RowUpdate& update : effects.updates) {
      states[update.id] = update.state;
      progress[update.id] = std::move(update.progress);
    }
    for (Notice& notice : effects.notices) notices.push_back(std::move(notice));
  }
  State state(int64_t row) const {
    const auto found = states.find(row);
    return found == states.end() ? State::waiting : found->second;
  }

  Pipe pipe;
  ModelBraze braze;
  base::Timestamp now{1'700'000'000'000};
  std::map<int64_t, State> states;
  std::map<int64_t, std::string> progress;
  std::vector<Notice> notices;
  Dice dice{7};
};

}  // namespace millrace::delivery::braze
