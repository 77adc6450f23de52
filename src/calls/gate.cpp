#include "calls/gate.hpp"

namespace millrace::calls {
namespace {

using State = base::Breaker::State;

}  // namespace

bool Gate::is_open(base::Timestamp now) const {
  return has_breaker() && breaker_.state(now) == State::open;
}

Gate::Entry Gate::go(base::Timestamp now, Ticket ticket) {
  const bool is_probe = has_breaker() && breaker_.state(now) != State::closed;
  if (has_breaker() && !breaker_.allow(now)) return Entry::breaker_open;
  if (is_probe) probe_ = ticket;
  ++running_;
  return Entry::go;
}

Gate::Entry Gate::enter(base::Timestamp now, Ticket ticket, size_t waiting_max) {
  if (is_open(now)) return Entry::breaker_open;
  if (has_room() && waiting_.empty()) return go(now, ticket);
  if (waiting_.size() >= waiting_max) return Entry::full;
  waiting_.push_back(ticket);
  return Entry::wait;
}

std::optional<Gate::Called> Gate::next(base::Timestamp now) {
  if (waiting_.empty() || !has_room()) return std::nullopt;
  const Ticket ticket = waiting_.front();
  waiting_.pop_front();
  return Called{ticket, go(now, ticket)};
}

bool Gate::leave(Ticket ticket) {
  return std::erase(waiting_, ticket) > 0;
}

void Gate::end(base::Timestamp now, Ticket ticket, runtime::CallOutcome outcome, bool has_begun) {
  --running_;
  if (!has_breaker()) return;
  const bool succeeded = has_begun && outcome == runtime::CallOutcome::returned;
  if (breaker_.state(now) != State::closed) {
    // Those begun before it opened say nothing new.
    if (probe_ != ticket) return;
    probe_.reset();
    breaker_.report(now, succeeded);
  } else if (has_begun) {
    breaker_.report(now, succeeded);
  }
}

}  // namespace millrace::calls
