// The place of an event among all others: by when it happened, and among those of one moment by who
// it is. Whoever writes last by this order wins, in whatever order things arrive.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include "base/hash.hpp"
#include "people/event.hpp"

namespace millrace::people {

struct Stamp {
  int64_t at = 0;    // milliseconds
  uint64_t tie = 0;  // a hash of source and message id: a total order of eight bytes
  auto operator<=>(const Stamp&) const = default;
};

inline constexpr Stamp kNeverYet = {std::numeric_limits<int64_t>::max(),
                                    std::numeric_limits<uint64_t>::max()};

inline Stamp stamp_of(const Event& event) {
  return {event.at.ms, base::checksum(1, event.source + '\n' + event.message_id)};
}

}  // namespace millrace::people
