#include <thread>

#include "outbox/outbox.hpp"
#include "outbox/work.hpp"
#include "posix/threads.hpp"

namespace millrace::outbox {

// The sender's thread, and what works on it.
class Sender::Parts {
 public:
  Parts(Ports ports, Settings settings) : work_(std::move(ports), std::move(settings)) {}
  ~Parts() { stop(); }

  base::Result<void> start() {
    if (auto ready = work_.take_up_marks(); !ready) return ready;
    thread_ = posix::named_thread("outbox", [this] {
      while (work_.round(work_.pause())) {
      }
    });
    return {};
  }

  void stop() {
    work_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Work& work() { return work_; }

 private:
  Work work_;
  std::thread thread_;
};

Sender::Sender(Ports ports, Settings settings)
    : parts_(std::make_unique<Parts>(std::move(ports), settings)) {}

Sender::~Sender() = default;

base::Result<void> Sender::start() {
  return parts_->start();
}

void Sender::stop() {
  parts_->stop();
}

void Sender::owed(base::Id, size_t) {
  parts_->work().owed();
}

void Sender::when_settled(std::string key, Done done) {
  parts_->work().when_settled(std::move(key), std::move(done));
}

}  // namespace millrace::outbox
