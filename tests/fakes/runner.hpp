// A runner of action nodes for tests: keeps what it is asked, and answers when it is told to.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/ports.hpp"

namespace millrace::fakes {

class Runner final : public runtime::Actions {
 public:
  struct Attempt {
    runtime::ActionCall call;
    Done done;
  };

  void call(runtime::ActionCall call, Done done) override {
    calls.push_back(call);
    if (answer) return done(*answer);
    attempts.push_back({std::move(call), std::move(done)});
  }
  // Ends the oldest attempt under way, of which there must be one, and gives what it had been
  // asked.
  runtime::ActionCall end(runtime::ActionOutcome outcome) {
    MILLRACE_CHECK(!attempts.empty());
    Attempt attempt = std::move(attempts.front());
    attempts.pop_front();
    attempt.done(std::move(outcome));
    return std::move(attempt.call);
  }
  runtime::ActionCall end(runtime::CallOutcome kind, std::string message = "") {
    return end(runtime::ActionOutcome{kind, {}, std::move(message)});
  }

  std::optional<runtime::ActionOutcome> answer;  // given at once, to every call
  std::deque<Attempt> attempts;                  // under way
  std::vector<runtime::ActionCall> calls;        // all there ever were
};

}  // namespace millrace::fakes
