// When a connection whose request was refused for the load is read again: so that however fast all
// who are refused come back, refusing them takes a small part of a lane, and they do not stand
// before those who are served. Pure: the caller says what time it is.
#pragma once

#include <algorithm>
#include <chrono>

namespace millrace::http {

class Respite {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // Connections of one lane that are read again in a second before their time: a few who were
  // refused need not rest, and of many most do as long as they were told.
  static constexpr int kPerSecond = 200;

  // Takes the next free place; how long from now that is, at most what the peer was told to wait.
  std::chrono::milliseconds next(Time now, std::chrono::milliseconds told) {
    next_ = std::max(next_, now);
    const auto rest = next_ - now;
    if (rest >= told) return told;
    next_ += std::chrono::nanoseconds(std::chrono::seconds(1)) / kPerSecond;
    return std::max(kLeast, std::chrono::ceil<std::chrono::milliseconds>(rest));
  }

 private:
  static constexpr std::chrono::milliseconds kLeast{5};
  Time next_;
};

}  // namespace millrace::http
