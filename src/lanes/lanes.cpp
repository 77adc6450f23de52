#include "lanes/lanes.hpp"

#include <sched.h>

#include <string>

#include "lanes/event_loop.hpp"
#include "posix/threads.hpp"

namespace millrace::lanes {
namespace {

// So long a lane is at tasks before it looks at its sockets again: however much there is to do, who
// has just asked is heard, and put in order or refused.
constexpr std::chrono::microseconds kSlice{1'000};

// Which lane of which lanes this thread is.
struct Here {
  const IoLanes::Impl* lanes = nullptr;
  size_t lane = 0;
};
thread_local Here here;

}  // namespace

size_t usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<size_t>(std::max(1, CPU_COUNT(&set)));
}

std::unique_ptr<IoLanes> IoLanes::make(size_t count, std::shared_ptr<Notices> notices,
                                       std::string_view name) {
  auto impl = std::make_unique<Impl>();
  impl->notices = std::move(notices);
  impl->name = name;
  for (size_t i = 0; i < count; ++i) {
    auto lane = std::make_unique<Impl::Lane>();
    lane->work.emplace(lane->context.get_executor());
    impl->lanes.push_back(std::move(lane));
  }
  return std::unique_ptr<IoLanes>(new IoLanes(std::move(impl)));
}

IoLanes::IoLanes(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

IoLanes::~IoLanes() {
  stop();
}

void IoLanes::start() {
  if (std::exchange(impl_->running, true)) return;
  for (size_t i = 0; i < impl_->lanes.size(); ++i) {
    impl_->lanes[i]->thread =
        posix::named_thread(impl_->name + " " + std::to_string(i), [impl = impl_.get(), i] {
          here = {impl, i};
          impl->run(*impl->lanes[i]);
        });
  }
}

void IoLanes::stop() {
  for (const auto& lane : impl_->lanes) {
    lane->work.reset();
    lane->context.stop();
  }
  for (const auto& lane : impl_->lanes) {
    if (lane->thread.joinable()) lane->thread.join();
  }
  for (const auto& lane : impl_->lanes) {
    std::vector<base::Task> dropped;
    {
      const std::lock_guard lock(lane->mutex);
      lane->stopped = true;
      dropped.swap(lane->tasks);
    }
    // Outside the lock: a task that goes may post another one.
    dropped.clear();
    lane->batch.clear();
    lane->at = 0;
    lane->timers.clear();
  }
}

size_t IoLanes::count() const {
  return impl_->lanes.size();
}

std::optional<size_t> IoLanes::current_lane() const {
  if (here.lanes != impl_.get()) return std::nullopt;
  return here.lane;
}

void IoLanes::run_on(size_t lane, base::Task task) {
  if (here.lanes == impl_.get() && here.lane == lane) {
    task();
    return;
  }
  Impl::Lane& to = *impl_->lanes[lane];
  bool is_first = false;
  {
    const std::lock_guard lock(to.mutex);
    if (to.stopped) return;
    is_first = !std::exchange(to.is_woken, true);
    to.tasks.push_back(std::move(task));
  }
  // One wake-up for all that comes until the lane looks.
  if (is_first) asio::post(to.context, [impl = impl_.get(), &to] { impl->run_tasks(to); });
}

void IoLanes::Impl::run_tasks(Lane& lane) {
  if (lane.at == lane.batch.size()) {
    lane.batch.clear();
    lane.at = 0;
    const std::lock_guard lock(lane.mutex);
    lane.tasks.swap(lane.batch);
  }
  const auto until = std::chrono::steady_clock::now() + kSlice;
  while (lane.at < lane.batch.size()) {
    run_task(std::exchange(lane.batch[lane.at++], nullptr));
    if (std::chrono::steady_clock::now() >= until) break;
  }
  {
    const std::lock_guard lock(lane.mutex);
    lane.is_woken = lane.at < lane.batch.size() || !lane.tasks.empty();
    if (!lane.is_woken) return;
  }
  asio::post(lane.context, [this, &lane] { run_tasks(lane); });
}

void IoLanes::Impl::run_task(base::Task task) noexcept {
  try {
    task();
    task = nullptr;
  } catch (...) {
    if (notices) notices->tell_exception("task");
  }
}

void IoLanes::Impl::run(Lane& lane) {
  while (!lane.context.stopped()) {
    try {
      lane.context.run();
    } catch (...) {
      // Of a handler of the event loop; run() may be called again after it.
      if (notices) notices->tell_exception("step of the event loop");
    }
  }
}

void IoLanes::run_after(size_t lane, std::chrono::milliseconds delay, base::Task task) {
  // The timer is made on its own lane: timers of one loop are not shared between threads.
  run_on(lane, [this, &to = *impl_->lanes[lane], delay, task = std::move(task)]() mutable {
    const auto at =
        to.timers.insert(to.timers.end(), {asio::steady_timer(to.context, delay), std::move(task)});
    at->timer.async_wait([impl = impl_.get(), &to, at](error_code error) {
      if (error) return;
      base::Task due = std::move(at->task);
      to.timers.erase(at);
      impl->run_task(std::move(due));
    });
  });
}

}  // namespace millrace::lanes
