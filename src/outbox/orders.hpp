// What people want done about deliveries, what a former run left under way, and the figures. The
// sender's thread's alone, apart from take_up_marks(), which runs before it.
#pragma once

#include "outbox/lanes.hpp"

namespace millrace::outbox {

class Orders {
 public:
  Orders(const Sender::Ports& ports, const Settings& settings, Lanes& lanes, Writer& writer)
      : ports_(ports), settings_(settings), lanes_(lanes), writer_(writer) {}

  // What was under way when the last run ended may have happened, and is written so.
  base::Result<void> take_up_marks();
  // Whatever is due: orders, figures, what is old enough to be forgotten.
  void step(base::Timestamp now);
  base::Timestamp wake_at() const { return std::min(orders_at_, measure_at_); }

 private:
  void look_for_orders();
  bool carry_out(const runtime::DeliveryOrder& order);
  void measure();
  void forget_old();
  base::Timestamp now() const { return ports_.clock.now(); }

  const Sender::Ports& ports_;
  const Settings& settings_;
  Lanes& lanes_;
  Writer& writer_;
  base::Timestamp orders_at_;
  base::Timestamp measure_at_;
  base::Timestamp forget_at_;
};

}  // namespace millrace::outbox
