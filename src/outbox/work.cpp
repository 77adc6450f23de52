#include "outbox/work.hpp"

#include <algorithm>

namespace millrace::outbox {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPauseMax{1'000};

}  // namespace

Work::Work(Sender::Ports ports, Settings settings)
    : ports_(std::move(ports)), settings_(std::move(settings)) {
  writer_.ask_whether_stopped([this](int64_t target) { return lanes_.stopped_because(target); });
}

bool Work::round(milliseconds longest) {
  Inbox::Word word = inbox_.take(longest);
  stopping_ |= word.stops;
  for (base::Task& task : word.tasks) task();
  if (word.has_owed) lanes_.find();
  step();
  // What the disk refuses stays as it was: marked, and taken up by the next start.
  return !stopping_ || lanes_.under_way() != 0 || writer_.under_way() != 0;
}

void Work::step() {
  const base::Timestamp at = ports_.clock.now();
  writer_.step(at);
  if (stopping_) return;
  orders_.step(at);
  lanes_.pump();
}

milliseconds Work::pause() const {
  if (stopping_) return kPauseMax;
  const base::Timestamp at = ports_.clock.now();
  const base::Timestamp until = std::min(orders_.wake_at(), lanes_.wake_at(at));
  return std::clamp(milliseconds(until.ms - at.ms), milliseconds(0), kPauseMax);
}

}  // namespace millrace::outbox
