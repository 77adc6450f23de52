#include <sched.h>

#include "http/asio.hpp"

namespace millrace::http {
namespace {

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

std::unique_ptr<IoLanes> IoLanes::make(size_t count) {
  auto impl = std::make_unique<Impl>();
  for (size_t i = 0; i < count; ++i) {
    auto lane = std::make_unique<Impl::Lane>();
    lane->work.emplace(lane->context.get_executor());
    impl->lanes.push_back(std::move(lane));
  }
  return std::unique_ptr<IoLanes>(new IoLanes(std::move(impl)));
}

IoLanes::IoLanes(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

IoLanes::~IoLanes() { stop(); }

void IoLanes::start() {
  if (std::exchange(impl_->running, true)) return;
  for (size_t i = 0; i < impl_->lanes.size(); ++i) {
    impl_->lanes[i]->thread = std::thread([impl = impl_.get(), i] {
      here = {impl, i};
      impl->lanes[i]->context.run();
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
}

size_t IoLanes::count() const { return impl_->lanes.size(); }

std::optional<size_t> IoLanes::current_lane() const {
  if (here.lanes != impl_.get()) return std::nullopt;
  return here.lane;
}

void IoLanes::run_on(size_t lane, runtime::Task task) {
  if (here.lanes == impl_.get() && here.lane == lane) {
    task();
    return;
  }
  asio::post(impl_->lanes[lane]->context, std::move(task));
}

void IoLanes::run_after(size_t lane, std::chrono::milliseconds delay, runtime::Task task) {
  auto timer = std::make_shared<asio::steady_timer>(impl_->lanes[lane]->context);
  // The timer is armed on its own lane: timers of one loop are not shared between threads.
  asio::post(impl_->lanes[lane]->context, [timer, delay, task = std::move(task)]() mutable {
    timer->expires_after(delay);
    timer->async_wait([timer, task = std::move(task)](error_code error) mutable {
      if (!error) task();
    });
  });
}

}  // namespace millrace::http
