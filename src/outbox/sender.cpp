#include "outbox/loop.hpp"

namespace millrace::outbox {

Sender::Sender(Ports ports, Settings settings)
    : loop_(std::make_unique<Loop>(std::move(ports), settings)) {}

Sender::~Sender() = default;

base::Result<void> Sender::start() {
  return loop_->start();
}

void Sender::stop() {
  loop_->stop();
}

void Sender::owed(base::Id, size_t) {
  loop_->owed();
}

void Sender::when_settled(std::string key, Done done) {
  loop_->when_settled(std::move(key), std::move(done));
}

}  // namespace millrace::outbox
