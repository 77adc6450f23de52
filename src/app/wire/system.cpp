#include "app/wire/system.hpp"

#include <sodium.h>

#include <chrono>

namespace millrace::app {

base::Timestamp SystemClock::now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count() + skipped_ms_};
}

int64_t SystemClock::steady_ms() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count() + skipped_ms_;
}

void SystemRandom::fill(std::span<uint8_t> bytes) {
  randombytes_buf(bytes.data(), bytes.size());
}

}  // namespace millrace::app
