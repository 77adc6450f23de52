// What the end of a request means for the rows in it and for the pipe.
#include <algorithm>

#include "delivery/pipe.hpp"

namespace millrace::delivery {
namespace {

// One failure is the request's own; so many in a row are the target's.
constexpr int kFailuresOfTheTarget = 3;
constexpr int64_t kShortestWaitMs = 50;

uint64_t other(uint64_t chance) {
  return (chance * 6364136223846793005u + 1442695040888963407u) >> 7;
}

std::string described(const Answer& answer) {
  std::string text = std::to_string(answer.status);
  return answer.message.empty() ? text : text + " " + answer.message;
}

}  // namespace

void Pipe::answered(uint64_t number, const web::OutboundAnswer& outcome, base::Timestamp now,
                    uint64_t chance) {
  const auto flight = std::ranges::find_if(
      flights_, [&](const Flight& one) { return one.is_sending && one.number == number; });
  MILLRACE_CHECK(flight != flights_.end());
  flight->is_sending = false;
  --sending_;
  using Kind = web::OutboundAnswer::Kind;
  if (outcome.kind == Kind::answered) {
    const Answer answer = classify(outcome.response, now, sensitive_);
    note_attempt(flight->groups.front(), answer.status, answer.request_id);
    keep_pace(answer, now);
    met(*flight, answer, now, chance);
  } else {
    note_attempt(flight->groups.front(), 0, "");
    if (outcome.kind == Kind::unknown) ambiguous(*flight);
    failed(*flight, base::redact(outcome.message, sensitive_), now, chance);
  }
  settle_touched();
  end_if_done(flight);
}

void Pipe::met(Flight& flight, const Answer& answer, base::Timestamp now, uint64_t chance) {
  using Kind = Answer::Kind;
  switch (answer.kind) {
    case Kind::stopped:
      // A call's path is its own business; a key is everybody's.
      if (flight.is_alone && answer.status != 401) {
        went_through(now);
        const Slot& slot = flight.groups.front().front();
        flying(slot.sources.front().row).progress.is_config_error = true;
        reject(slot, described(answer));
        return finish_group(flight);
      }
      return stop(described(answer), now);
    case Kind::throttled: return throttled(answer, now, chance);
    case Kind::failed:
      if (answer.may_have_happened) {
        // Sent again as documented, and flagged: a gateway's error says little about what is
        // behind it.
        for (const Slot& slot : flight.groups.front()) {
          if (!slot.is_counting) continue;
          for (const ObjectRef& source : slot.sources) {
            auto& object = flying(source.row).progress.objects[static_cast<size_t>(source.object)];
            if (std::exchange(object.may_be_twice, true)) continue;
            ++effects_.resent;
            touch(source.row);
          }
        }
      }
      if (answer.wait_until) {
        throttled_until_ = {std::clamp(answer.wait_until->ms, throttled_until_.ms,
                                       std::max(throttled_until_.ms, now.ms + rules_.wait_max_ms))};
      }
      return failed(flight, described(answer), now, chance);
    default: break;
  }
  went_through(now);
  switch (answer.kind) {
    case Kind::accepted: return accepted(flight, answer, now);
    case Kind::refused: return refused(flight, answer, now, chance);
    case Kind::too_large: return too_large(flight, answer);
    default: break;
  }
  effects_.notices.push_back(
      {Notice::Kind::strange, "an answer that means nothing: " + described(answer)});
  ambiguous(flight);
  flight.not_before = {now.ms + base::wait_ms(rules_.backoff, ++flight.failures, chance)};
}

void Pipe::accepted(Flight& flight, const Answer& answer, base::Timestamp now) {
  Group& group = flight.groups.front();
  if (flight.is_alone && answer.body) {
    flying(group.front().sources.front().row).progress.answer = *answer.body;
  }
  const size_t named = reject_named(flight, answer);
  if (named < answer.refusals.size() && !flight.is_alone) {
    effects_.notices.push_back(
        {Notice::Kind::strange, "an answer names objects that were not sent"});
  }
  for (const Slot& slot : group) deliver(slot, now);
  finish_group(flight);
}

// Takes the named objects out of the group; gives how many of the names were good.
size_t Pipe::reject_named(Flight& flight, const Answer& answer) {
  Group& group = flight.groups.front();
  std::vector<bool> is_refused(group.size());
  size_t named = 0;
  for (const Refusal& refusal : answer.refusals) {
    if (!refusal.array) continue;
    int64_t place = 0;
    for (size_t i = 0; i < group.size(); ++i) {
      if (group[i].array != *refusal.array) continue;
      if (place++ != refusal.index) continue;
      is_refused[i] = true;
      reject(group[i], refusal.reason);
      ++named;
    }
  }
  Group rest;
  for (size_t i = 0; i < group.size(); ++i) {
    if (!is_refused[i]) rest.push_back(std::move(group[i]));
  }
  group = std::move(rest);
  return named;
}

void Pipe::refused(Flight& flight, const Answer& answer, base::Timestamp now, uint64_t chance) {
  const size_t named = reject_named(flight, answer);
  Group& group = flight.groups.front();
  if (group.empty()) return finish_group(flight);
  if (answer.has_counters) {
    // Refused, and yet something was processed: of the rest it cannot be told.
    ambiguous(flight);
    flight.not_before = {now.ms + base::wait_ms(rules_.backoff, ++flight.failures, chance)};
    return;
  }
  if (named > 0 && flight.bisections < rules_.bisections_max) {
    ++flight.bisections;  // nothing was done: the rest is sent again without them
    return;
  }
  bisect(flight, described(answer));
}

void Pipe::too_large(Flight& flight, const Answer& answer) {
  Group& group = flight.groups.front();
  if (group.size() > 1) return split(flight);
  reject(group.front(), described(answer));
  finish_group(flight);
}

// Looks for what spoils the request; gives all of it up when that takes too many.
void Pipe::bisect(Flight& flight, const std::string& why) {
  Group& group = flight.groups.front();
  if (group.size() > 1 && flight.bisections < rules_.bisections_max) {
    ++flight.bisections;
    return split(flight);
  }
  for (const Slot& slot : group) reject(slot, why);
  finish_group(flight);
}

void Pipe::split(Flight& flight) {
  Group first = std::move(flight.groups.front());
  flight.groups.pop_front();
  const auto half = first.begin() + static_cast<std::ptrdiff_t>((first.size() + 1) / 2);
  Group second(std::make_move_iterator(half), std::make_move_iterator(first.end()));
  first.erase(half, first.end());
  flight.groups.push_front(std::move(second));
  flight.groups.push_front(std::move(first));
  flight.failures = 0;
  flight.failures_alone = 0;
  flight.not_before = {};
}

void Pipe::throttled(const Answer& answer, base::Timestamp now, uint64_t chance) {
  ++throttles_;
  int64_t until = answer.wait_until.value_or(base::Timestamp{}).ms;
  // Without a time, or with one that has come: as patient as after a failure.
  if (until <= now.ms) {
    until = now.ms + std::max(kShortestWaitMs, base::wait_ms(rules_.backoff, throttles_, chance));
  }
  until = std::min(until, now.ms + rules_.wait_max_ms);
  throttled_until_ = {std::max(throttled_until_.ms, until)};
}

void Pipe::failed(Flight& flight, const std::string& why, base::Timestamp now, uint64_t chance) {
  if (flight.failures++ == 0) flight.failed_first = now;
  flight.not_before = {now.ms + base::wait_ms(rules_.backoff, flight.failures, chance)};
  if (went_through_at_ > flight.failed_first) ++flight.failures_alone;
  // Those that were under way together fail together: that is one failure.
  if (failures_ == 0 || flight.began >= failed_at_) {
    ++failures_;
    failed_at_ = now;
    resume_at_ = {now.ms + std::max(kShortestWaitMs,
                                    base::wait_ms(rules_.backoff, failures_, other(chance)))};
  }
  if (failures_ >= kFailuresOfTheTarget && !std::exchange(down_, true)) {
    effects_.notices.push_back({Notice::Kind::away, why});
  }
  // Others go through: it is this one's fault.
  if (flight.failures_alone > rules_.failures_alone_max && !flight.groups.empty() &&
      !flight.groups.front().empty()) {
    bisect(flight, why);
  }
}

void Pipe::went_through(base::Timestamp now) {
  went_through_at_ = now;
  failures_ = 0;
  throttles_ = 0;
  if (std::exchange(down_, false)) effects_.notices.push_back({Notice::Kind::back, ""});
  resume();
}

void Pipe::keep_pace(const Answer& answer, base::Timestamp now) {
  if (!answer.remaining) return;
  if (answer.window_ends_at && *answer.window_ends_at > now) {
    remaining_ = *answer.remaining - sending_;
    window_ends_at_ = {std::min(answer.window_ends_at->ms, now.ms + rules_.wait_max_ms)};
  } else if (*answer.remaining == 0) {
    constexpr int64_t kUnsaidWindowMs = 1'000;
    throttled_until_ = {std::max(throttled_until_.ms, now.ms + kUnsaidWindowMs)};
  }
}

// Keeps in the group what is to be sent again.
void Pipe::ambiguous(Flight& flight) {
  std::erase_if(flight.groups.front(), [&](Slot& slot) {
    std::erase_if(slot.sources, [&](const ObjectRef& source) {
      return !outcome_unknown(flying(source.row), static_cast<size_t>(source.object));
    });
    if (slot.sources.empty()) return true;
    const Entry& entry = flying(slot.sources.front().row);
    const auto& object = entry.progress.objects[static_cast<size_t>(slot.sources.front().object)];
    const bool is_stripped = slot.array == Array::attributes && slot.is_counting &&
                             rules_.ambiguous == Ambiguous::hold && object.part != Part::counting;
    if (is_stripped) {
      slot.part = Part::repeatable;
      slot.is_counting = false;
      slot.text = attributes_text(entry.parcel, slot.attributes, slot.part);
    }
    return slot.text.empty();
  });
}

}  // namespace millrace::delivery
