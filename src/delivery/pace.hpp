// How fast a receiver wants to be asked: what it says of its window, and how long it wants to be
// left alone.
#pragma once

#include <optional>

#include "delivery/codec.hpp"
#include "delivery/rules.hpp"

namespace millrace::delivery {

class Pace {
 public:
  explicit Pace(const Rules& rules) : rules_(rules) {}

  bool allows(base::Timestamp now) const;
  // When it allows a request again, as far as is known; in the past when it does.
  base::Timestamp opens_at() const;
  // Forgets a window that has ended.
  void look_at(base::Timestamp now);

  void request_began();
  // `under_way`: others that the receiver has not counted yet.
  void answer_came(const Answer& answer, base::Timestamp now, int64_t under_way);
  void request_throttled(const Answer& answer, base::Timestamp now, uint64_t chance);
  // A failure that said when to come back.
  void asked_to_wait(base::Timestamp until, base::Timestamp now);
  void request_went_through() { throttles_ = 0; }

 private:
  Rules rules_;
  int throttles_ = 0;  // one after the other
  base::Timestamp throttled_until_;
  std::optional<int64_t> remaining_;  // requests left ...
  base::Timestamp window_ends_at_;    // ... until then
};

}  // namespace millrace::delivery
