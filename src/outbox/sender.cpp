#include <algorithm>
#include <thread>

#include "outbox/lanes.hpp"
#include "outbox/orders.hpp"
#include "outbox/outbox.hpp"
#include "posix/threads.hpp"

namespace millrace::outbox {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPauseMax{1'000};

}  // namespace

// The sender's thread, and what works on it.
class Sender::Parts {
 public:
  Parts(Ports ports, Settings settings) : ports_(std::move(ports)), settings_(settings) {
    writer_.ask_whether_stopped([this](int64_t target) { return lanes_.stopped_because(target); });
  }
  ~Parts() { stop(); }

  base::Result<void> start() {
    if (auto ready = orders_.take_up_marks(); !ready) return ready;
    thread_ = posix::named_thread("outbox", [this] { run(); });
    return {};
  }

  void stop() {
    inbox_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Inbox& inbox() { return inbox_; }
  Writer& writer() { return writer_; }

 private:
  void run() {
    for (;;) {
      Inbox::Word word = inbox_.take(pause());
      stopping_ |= word.stops;
      for (base::Task& task : word.tasks) task();
      if (word.has_owed) lanes_.find();
      step();
      // What the disk refuses stays as it was: marked, and taken up by the next start.
      if (stopping_ && lanes_.under_way() == 0 && writer_.under_way() == 0) return;
    }
  }

  void step() {
    const base::Timestamp at = ports_.clock.now();
    writer_.step(at);
    if (stopping_) return;
    orders_.step(at);
    lanes_.pump();
  }

  milliseconds pause() const {
    if (stopping_) return kPauseMax;
    const base::Timestamp at = ports_.clock.now();
    const base::Timestamp until = std::min(orders_.wake_at(), lanes_.wake_at(at));
    return std::clamp(milliseconds(until.ms - at.ms), milliseconds(0), kPauseMax);
  }

  const Ports ports_;
  const Settings settings_;
  Inbox inbox_;
  Writer writer_{ports_, settings_.waiters_max, inbox_};
  Lanes lanes_{ports_, settings_, inbox_, writer_};
  Orders orders_{ports_, settings_, lanes_, writer_};
  bool stopping_ = false;  // as the thread has seen it
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
  parts_->inbox().owed();
}

void Sender::when_settled(std::string key, Done done) {
  parts_->writer().when_settled(std::move(key), std::move(done));
}

}  // namespace millrace::outbox
