#include "app/wire/signals.hpp"

#include <csignal>

namespace millrace::app {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

void block_stop_signals() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of the write
}

void wait_for_stop_signal() {
  const sigset_t set = stop_signals();
  int signal = 0;
  sigwait(&set, &signal);
}

bool stop_signal_within(std::chrono::milliseconds time) {
  const sigset_t set = stop_signals();
  const timespec limit{time.count() / 1'000, time.count() % 1'000 * 1'000'000};
  return sigtimedwait(&set, nullptr, &limit) > 0;
}

}  // namespace millrace::app
