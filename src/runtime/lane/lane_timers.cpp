// The timers of a lane's consumers: kept in a table of their own, so that a chat that waits for
// time to pass need not be in memory.
#include <algorithm>

#include "runtime/lane/lane.hpp"

namespace millrace::runtime {
namespace {

// Timers whose turns are under way at once: after a long sleep everything is due together.
constexpr size_t kFiringMax = 64;
constexpr int64_t kTryAgainMs = 1'000;

}  // namespace

void Runtime::Lane::keep_timer(const Consumer& consumer) {
  const auto& timer = consumer.chat->timer;
  if (!timer) {
    timers_.forget(consumer.id);
    return;
  }
  const int64_t wait = std::max<int64_t>(0, timer->due.ms - now().ms);
  timers_.set(consumer.id, ports_.clock.steady_ms() + wait, timer->due);
  plan_wake();
}

void Runtime::Lane::recover(const DueConsumer& due) {
  const int64_t wait = std::max<int64_t>(0, due.at.ms - now().ms);
  timers_.set(due.consumer, ports_.clock.steady_ms() + wait, due.at);
  plan_wake();
}

void Runtime::Lane::plan_wake() {
  const auto next = timers_.next_ms();
  if (!next || *next >= wake_ms_ || firing_ >= kFiringMax) return;
  wake_ms_ = *next;
  const auto delay = std::max<int64_t>(0, *next - ports_.clock.steady_ms());
  ports_.lanes.run_after(index_, std::chrono::milliseconds(delay), [this, planned = *next] {
    if (planned != wake_ms_) return;  // another was planned meanwhile
    wake_ms_ = std::numeric_limits<int64_t>::max();
    run([this] { fire_due(); });
  });
}

void Runtime::Lane::look_at_timers() {
  wake_ms_ = std::numeric_limits<int64_t>::max();
  fire_due();
}

void Runtime::Lane::fire_due() {
  while (firing_ < kFiringMax) {
    const auto due = timers_.take_due(ports_.clock.steady_ms());
    if (!due) break;
    ++firing_;
    fire(*due);
  }
  plan_wake();
}

void Runtime::Lane::fire(const Timers::Due& due) {
  submit({due.consumer, Priority::broadcast, From::inside}, [this,
                                                             due](base::Result<Consumer*> found) {
    if (!found) {
      fired(due, std::unexpected(found.error()));
      return;
    }
    Consumer& consumer = **found;
    if (!consumer.chat || !consumer.chat->timer || consumer.chat->timer->due != due.at) {
      // Overtaken; or to be read back was all that was wanted. The chat's own timer is kept, also
      // where this one was set after it.
      if (consumer.chat && !timers_.has(consumer.id)) keep_timer(consumer);
      fired(due, {});
      return;
    }
    dialog::Input input{now(), dialog::TimerDue{*consumer.chat->timer}};
    take_turn(consumer, std::move(input), [this, due](base::Result<const dialog::Turn*> taken) {
      fired(due, taken ? base::Result<void>() : std::unexpected(taken.error()));
    });
  });
}

void Runtime::Lane::fired(const Timers::Due& due, base::Result<void> taken) {
  --firing_;
  const bool again = !taken && taken.error().code == base::Code::unavailable && !draining_;
  if (again && !timers_.has(due.consumer)) {
    timers_.set(due.consumer, ports_.clock.steady_ms() + kTryAgainMs, due.at);
  }
  // Not from here: this is inside the turn that has just been stored.
  later_.push_back([this] { fire_due(); });
}

}  // namespace millrace::runtime
