// Tells whoever started this process as a service (systemd, Type=notify) how it stands: datagrams
// to the socket that NOTIFY_SOCKET names, as sd_notify(3) publishes them. Where nobody is to be
// told nothing happens.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace millrace::app {

class ServiceManager {
 public:
  // Reads NOTIFY_SOCKET and WATCHDOG_USEC, and takes them out of the environment: no child of this
  // process may speak for it.
  static ServiceManager from_environment();

  ServiceManager() = default;
  explicit ServiceManager(std::string socket, std::chrono::microseconds watchdog = {})
      : socket_(std::move(socket)), watchdog_(watchdog) {}

  bool is_there() const { return !socket_.empty(); }
  // How often alive() should be called, so that one that is late does no harm; zero: never.
  std::chrono::milliseconds alive_every() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(watchdog_ / 3);
  }

  // Each is thread-safe and never blocks; one that cannot be told is lost.
  void ready(std::string_view status) const;
  void alive() const;
  void stopping() const;

 private:
  void tell(const std::string& what) const;

  std::string socket_;  // a path, or an abstract name behind '@'
  std::chrono::microseconds watchdog_{0};
};

// Whether what is written there goes into the system's journal (JOURNAL_STREAM, systemd.exec(5)).
bool is_a_journal(int descriptor);

}  // namespace millrace::app
