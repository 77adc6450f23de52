// What the sender's thread does, without the thread: the simulation does it on its own clock. One
// thread's, apart from owed(), when_settled() and stop(), which any thread may call.
#pragma once

#include "outbox/lanes.hpp"
#include "outbox/orders.hpp"
#include "outbox/outbox.hpp"

namespace millrace::outbox {

class Work {
 public:
  Work(Sender::Ports ports, Settings settings);
  Work(const Work&) = delete;

  // What a former run left; before the first round.
  base::Result<void> take_up_marks() { return orders_.take_up_marks(); }
  // Waits for word, at most so long, and does what is to be done. False when it was told to stop
  // and nothing is under way any more: the last round.
  bool round(std::chrono::milliseconds longest);
  // How long until there is something to do without word.
  std::chrono::milliseconds pause() const;

  // As Sender has them.
  void owed() { inbox_.owed(); }
  void when_settled(std::string key, runtime::Deliveries::Done done) {
    writer_.when_settled(std::move(key), std::move(done));
  }
  // The next rounds are the last ones.
  void stop() { inbox_.stop(); }

 private:
  void step();

  const Sender::Ports ports_;
  const Settings settings_;
  Inbox inbox_;
  Writer writer_{ports_, settings_.waiters_max, inbox_};
  Lanes lanes_{ports_, settings_, inbox_, writer_};
  Orders orders_{ports_, settings_, lanes_, writer_};
  bool stopping_ = false;  // as the thread has seen it
};

}  // namespace millrace::outbox
