// The hash of a feature: FNV-1a, stirred so that all of its bits count. The same on every machine.
#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::nlu {

class FeatureHash {
 public:
  explicit FeatureHash(char kind) { add(kind); }
  void add(char c) { state_ = (state_ ^ static_cast<uint8_t>(c)) * 0x100000001B3ULL; }
  void add(std::string_view text) {
    for (const char c : text) add(c);
  }
  uint64_t value() const {
    uint64_t z = state_;
    z = (z ^ (z >> 32)) * 0xD6E8FEB86659FD93ULL;
    z = (z ^ (z >> 32)) * 0xD6E8FEB86659FD93ULL;
    return z ^ (z >> 32);
  }

 private:
  uint64_t state_ = 0xCBF29CE484222325ULL;
};

}  // namespace millrace::nlu
