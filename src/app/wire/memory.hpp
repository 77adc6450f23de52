// Gives memory that the program has freed back to the system, now and then: what a flood took is
// otherwise kept for ever by the allocator.
#pragma once

#include <chrono>
#include <thread>

namespace millrace::app {

class MemoryReturn {
 public:
  static constexpr std::chrono::seconds kEvery{20};
  static constexpr size_t kWorthBytes = 32 << 20;  // less of freed memory is left where it is

  MemoryReturn();
  ~MemoryReturn() = default;

  // Gives back what is free now, if it is worth the work.
  static void look();

 private:
  std::jthread thread_;
};

}  // namespace millrace::app
