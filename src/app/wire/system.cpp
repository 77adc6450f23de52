#include "app/wire/system.hpp"

#include <sodium.h>
#include <sys/statvfs.h>

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

std::optional<uint64_t> free_bytes(const std::filesystem::path& place) {
  struct statvfs about{};
  if (::statvfs(place.c_str(), &about) != 0) return std::nullopt;
  return static_cast<uint64_t>(about.f_bavail) * about.f_frsize;
}

}  // namespace millrace::app
