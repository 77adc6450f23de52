#include "app/wire/worker_watch.hpp"

namespace millrace::app {

void WorkerWatch::call(runtime::ActionCall call, Done done) {
  workers_.call(std::move(call), [seen = seen_, now = clock_.now().ms,
                                  done = std::move(done)](runtime::ActionOutcome outcome) mutable {
    const bool is_refused = outcome.kind == runtime::CallOutcome::refused;
    seen->refused_at_ms.store(is_refused ? now : 0, std::memory_order_relaxed);
    done(std::move(outcome));
  });
}

std::string WorkerWatch::wrong() const {
  const int64_t at_ms = seen_->refused_at_ms.load(std::memory_order_relaxed);
  const auto age_ms = clock_.now().ms - at_ms;
  const auto remembered = std::chrono::milliseconds(kRemembered).count();
  if (at_ms == 0 || age_ms > remembered) return {};
  return "the last call of an action node found no worker";
}

}  // namespace millrace::app
