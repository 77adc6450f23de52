// What the benchmarks share: time on the processor, and a log that is seen.
#pragma once

#include <ctime>
#include <iostream>

#include "base/world.hpp"

namespace millrace::bench {

// Of this process, all its threads, user and system.
inline double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Lines of that level and above go to standard error.
class ShownLog final : public base::Log {
 public:
  explicit ShownLog(base::Level least = base::Level::warning) : least_(least) {}
  void line(base::Level level, std::string_view subject, std::string_view text) override {
    if (level >= least_) std::cerr << subject << ": " << text << "\n";
  }

 private:
  const base::Level least_;
};

}  // namespace millrace::bench
