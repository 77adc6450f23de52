// Lets one of each kind through an interval, and counts what it held back: so that a log tells of a
// flood in a line a minute. Pure; the caller says what time it is, and keeps threads apart.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::base {

class Pace {
 public:
  using Time = std::chrono::nanoseconds;  // since any moment, of a clock that does not go back
  static constexpr size_t kKindsMax = 64;

  explicit Pace(std::chrono::milliseconds interval) : interval_(interval) {}

  // How many of this kind were held back since the last one let through; nullopt: hold this one
  // back too. Kinds beyond kKindsMax are held back.
  std::optional<uint64_t> admit(std::string_view kind, Time now) {
    auto found = kinds_.find(kind);
    if (found == kinds_.end()) {
      if (kinds_.size() >= kKindsMax) return std::nullopt;
      kinds_.emplace(kind, Kind{now, 0});
      return 0;
    }
    Kind& known = found->second;
    if (now - known.last < interval_) {
      ++known.held_back;
      return std::nullopt;
    }
    known.last = now;
    return std::exchange(known.held_back, 0);
  }

 private:
  struct Kind {
    Time last;
    uint64_t held_back = 0;
  };
  const std::chrono::milliseconds interval_;
  std::map<std::string, Kind, std::less<>> kinds_;
};

}  // namespace millrace::base
