#include "python/loop.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>

#include "posix/waiting.hpp"

namespace millrace::python {
namespace {

constexpr uint64_t kWakeName = 0;

}  // namespace

base::Result<std::unique_ptr<Loop>> Loop::make() {
  posix::Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  auto wake = posix::wake_descriptor();
  if (epoll.is_open() && wake) {
    struct epoll_event event = {};
    event.events = EPOLLIN;
    event.data.u64 = kWakeName;
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake->get(), &event) == 0) {
      return std::unique_ptr<Loop>(new Loop(std::move(epoll), std::move(*wake)));
    }
  }
  return base::fail(base::Code::resource_exhausted, "no descriptor for an event loop", "python");
}

uint64_t Loop::watch(int fd, uint32_t events, Ready ready) {
  const uint64_t name = ++last_name_;
  struct epoll_event event = {};
  event.events = events;
  event.data.u64 = name;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return 0;
  watches_.emplace(name, std::make_shared<Ready>(std::move(ready)));
  return name;
}

void Loop::change(uint64_t watch, int fd, uint32_t events) {
  struct epoll_event event = {};
  event.events = events;
  event.data.u64 = watch;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void Loop::unwatch(uint64_t watch, int fd) {
  if (watches_.erase(watch) == 1) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

Loop::Turn::~Turn() {
  std::vector<base::Task> later = std::exchange(loop_.later_, {});
  loop_.turn_.unlock();
  for (base::Task& task : later) task();
}

Loop::Timer Loop::at(Moment moment, Ready ready) {
  const Timer timer{moment, ++last_name_};
  timers_.emplace(timer, std::move(ready));
  if (waiting_ && moment < waits_until_) {
    waits_until_ = moment;
    wake();
  }
  return timer;
}

void Loop::cancel(Timer& timer) {
  timers_.erase(timer);
  timer = {};
}

bool Loop::post(base::Task& task) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    first = tasks_.empty();
    tasks_.push_back(std::move(task));
  }
  if (first && !(tasks_follow_ && std::this_thread::get_id() == runner_.load())) wake();
  return true;
}

void Loop::wake() {
  posix::wake(wake_);
}

void Loop::run() {
  runner_ = std::this_thread::get_id();
  do {
    tasks_follow_ = true;
    run_ready();
    run_timers();
    tasks_follow_ = false;
    run_tasks();
  } while (!close_when_empty());
}

int Loop::begin_wait() {
  const std::lock_guard lock(turn_);
  if (ending_) return 0;
  waiting_ = true;
  waits_until_ = timers_.empty() ? Moment::max() : timers_.begin()->first.first;
  if (timers_.empty()) return -1;
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(waits_until_ - now()).count();
  return static_cast<int>(std::clamp<int64_t>(ms, 0, 60'000));
}

void Loop::run_ready() {
  std::array<struct epoll_event, 64> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), begin_wait());
  for (int i = 0; i < count; ++i) {
    const uint64_t name = events[i].data.u64;  // a copy: the kernel's struct is packed
    if (name == kWakeName) {
      posix::calm(wake_);
      continue;
    }
    const Turn turn(*this);
    waiting_ = false;
    const auto found = watches_.find(name);
    if (found == watches_.end()) continue;
    const std::shared_ptr<Ready> ready = found->second;
    (*ready)();
  }
}

void Loop::run_timers() {
  const Turn turn(*this);
  waiting_ = false;
  const Moment moment = now();
  while (!timers_.empty() && timers_.begin()->first.first <= moment) {
    const Ready ready = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    ready();
  }
}

void Loop::run_tasks() {
  std::vector<base::Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (base::Task& task : tasks) {
    const Turn turn(*this);
    task();
    task = nullptr;  // what it held goes within the turn
  }
}

bool Loop::close_when_empty() {
  {
    const std::lock_guard lock(turn_);
    if (!ending_) return false;
  }
  const std::lock_guard lock(mutex_);
  closed_ = tasks_.empty();
  return closed_;
}

}  // namespace millrace::python
