// Stands before the pool of workers and remembers whether calls find a worker at all.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "runtime/ports.hpp"

namespace millrace::app {

class WorkerWatch final : public runtime::Actions {
 public:
  // So long after the last refusal it is not held against the workers any more.
  static constexpr std::chrono::seconds kRemembered{15};

  WorkerWatch(runtime::Actions& workers, base::Clock& clock)
      : workers_(workers), seen_(std::make_shared<Seen>()), clock_(clock) {}

  void call(runtime::ActionCall call, Done done) override;

  // What is wrong: the last call was refused and none has run since; "" for nothing. Thread-safe.
  std::string wrong() const;

 private:
  struct Seen {
    std::atomic<int64_t> refused_at_ms{0};  // 0: a call has run since, or none was made
  };

  runtime::Actions& workers_;
  std::shared_ptr<Seen> seen_;  // with calls that end after this
  base::Clock& clock_;
};

}  // namespace millrace::app
