// Whose turn it is: requests wait per host, each host runs so many at once and has a breaker, and
// no host keeps the others waiting. Pure: requests are numbers, and the time comes in.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "base/resilience/breaker.hpp"
#include "base/time.hpp"

namespace millrace::egress {

class Hosts {
 public:
  struct Limits {
    int running_max = 256;
    int running_per_host_max = 32;
    size_t waiting_per_host_max = 2'000;
    base::BreakerRules breaker;
  };
  struct Next {
    uint64_t request = 0;
    // Not to be sent: the breaker is open until then. Owes no finished().
    std::optional<base::Timestamp> refused_until;
  };

  explicit Hosts(Limits limits) : limits_(limits) {}

  // False when the host's queue is full.
  bool add(const std::string& host, uint64_t request);
  // Takes out the next that may run, or is refused; nullopt when none may now. Whoever got one that
  // may run owes a finished().
  std::optional<Next> next(base::Timestamp now);
  void finished(const std::string& host, bool succeeded, base::Timestamp now);
  // Takes out one that waits; nothing happens when it does not.
  void remove(const std::string& host, uint64_t request);

  size_t waiting() const { return waiting_; }
  int running() const { return running_; }

 private:
  struct Host {
    explicit Host(base::BreakerRules rules) : breaker(rules) {}
    std::deque<uint64_t> waiting;
    int running = 0;
    base::Breaker breaker;
    base::Timestamp used_at;
  };

  void forget_idle(base::Timestamp now);

  Limits limits_;
  std::map<std::string, Host> hosts_;
  std::deque<std::string> turns_;  // hosts with somebody waiting, each once
  size_t waiting_ = 0;
  int running_ = 0;
};

}  // namespace millrace::egress
