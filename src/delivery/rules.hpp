// The settings of a pipe to one target: how much at once, how patient, how careful.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/resilience/backoff.hpp"

namespace millrace::delivery {

// What is done about objects that count and whose outcome cannot be known. Others are sent again
// either way.
enum class Ambiguous {
  hold,    // kept apart for a person to decide
  resend,  // sent again, and flagged as possible duplicates
};

inline constexpr int64_t kShortestWaitMs = 50;

struct Rules {
  int flights_max = 16;       // requests under way at once
  size_t window_max = 4'000;  // rows held in memory: more than fills all of them twice
  Ambiguous ambiguous = Ambiguous::hold;
  int ambiguous_max = 20;  // times that one object is sent again before it is held after all

  base::Backoff backoff{200, 20'000};  // while the target is away; one request at a time is tried
  int64_t wait_max_ms = 3'600'000;     // no receiver may make us wait longer
  int64_t probe_ms = 300'000;          // a stopped pipe tries once in so long
  int bisections_max = 16;      // further requests spent on finding what spoils a refused one
  int failures_alone_max = 10;  // server errors of one request while others went through
};

}  // namespace millrace::delivery
