// Which events have been taken already: the fingerprints of their sources and message ids, for at
// least a day. Pure; one thread's at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace millrace::listener {

// The first half of SHA-256: nobody can make two events have the same one.
struct Fingerprint {
  uint64_t high = 0;
  uint64_t low = 0;
  bool operator==(const Fingerprint&) const = default;
};
Fingerprint fingerprint_of(std::string_view source, std::string_view message_id);

// A set of fingerprints in one piece of memory, 16 bytes each, at most three quarters full.
class FingerprintSet {
 public:
  // False: it was there.
  bool add(Fingerprint print);
  bool has(Fingerprint print) const;
  void remove(Fingerprint print);
  void clear() { slots_ = {}, size_ = 0; }
  size_t size() const { return size_; }

 private:
  size_t slot_of(Fingerprint print) const;  // where it is, or would be
  void grow();
  std::vector<Fingerprint> slots_;  // zero: empty
  size_t size_ = 0;
};

// Two sets, of the running day and of the one before it, so that what was seen is remembered for
// between one day and two. A day ends early when it has seen too many.
class Seen {
 public:
  static constexpr int64_t kDayMs = 24LL * 3'600'000;
  explicit Seen(size_t of_day_max = size_t{20} << 20) : of_day_max_(of_day_max) {}

  // False: it was seen before.
  bool add(Fingerprint print, base::Timestamp now);
  // What was not kept after all.
  void remove(Fingerprint print);
  size_t size() const { return today_.size() + yesterday_.size(); }

 private:
  const size_t of_day_max_;
  FingerprintSet today_;
  FingerprintSet yesterday_;
  int64_t day_began_ms_ = 0;  // 0: not yet
};

}  // namespace millrace::listener
