// The world as every room sees it: time, chance, threads and the log. What is behind them is given
// by `app`; tests and the simulator bring their own. Whoever needs one holds it by reference and
// owns none.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "base/time.hpp"

namespace millrace::base {

using Task = std::move_only_function<void()>;

// Threads, each running its tasks one at a time.
class Lanes {
 public:
  virtual ~Lanes() = default;
  virtual size_t count() const = 0;
  // Runs the task on that lane: at once when the caller is on it already, else as soon as it is
  // free. Thread-safe. Tasks posted after the lanes have stopped are dropped.
  virtual void run_on(size_t lane, Task task) = 0;
  // Runs the task on that lane after the delay. Thread-safe.
  virtual void run_after(size_t lane, std::chrono::milliseconds delay, Task task) = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() = 0;
  // Milliseconds from a beginning of the clock's own, which pass evenly whoever sets the time of
  // day: what waiting is measured by.
  virtual int64_t steady_ms() { return now().ms; }
};

class Random {
 public:
  virtual ~Random() = default;
  // Fills with bytes that nobody can guess. Thread-safe.
  virtual void fill(std::span<uint8_t> bytes) = 0;
};

enum class Level { debug, info, warning, error };

// The server's log. Lines must arrive here already free of secrets and of consumers' words.
class Log {
 public:
  virtual ~Log() = default;
  // `subject` is the chat id, or a room's name where there is no chat. Thread-safe.
  virtual void line(Level level, std::string_view subject, std::string_view text) = 0;
};

}  // namespace millrace::base
