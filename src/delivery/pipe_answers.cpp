// What the end of a request means for the rows in it and for the pipe.
#include "delivery/pipe.hpp"

namespace millrace::delivery {
namespace {

std::string described(const Answer& answer) {
  std::string text = std::to_string(answer.status);
  return answer.message.empty() ? text : text + " " + answer.message;
}

}  // namespace

void Pipe::answered(uint64_t number, const web::OutboundAnswer& outcome, base::Timestamp now,
                    uint64_t chance) {
  const auto flight = flights_.end(number);
  const Ending ending{*flight, now, chance};
  Group& group = flight->groups.front();
  using Kind = web::OutboundAnswer::Kind;
  switch (outcome.kind) {
    case Kind::answered: {
      const Entry& first = settlement_.flying(group.front().sources.front().row);
      const Answer answer = codec_->read_answer(group, *first.parcel, outcome.response, now);
      settlement_.note_attempt(group, answer.status, answer.request_id);
      pace_.answer_came(answer, now, flights_.under_way());
      take_answer(ending, answer);
      break;
    }
    case Kind::unknown:
      settlement_.note_attempt(group, 0, "");
      settlement_.lose(group);
      did_not_arrive(ending, base::redact(outcome.message, sensitive_));
      break;
    case Kind::refused:
    case Kind::not_sent:
      settlement_.note_attempt(group, 0, "");
      did_not_arrive(ending, base::redact(outcome.message, sensitive_));
      break;
  }
  settlement_.settle_touched();
  end_if_done(flight);
}

void Pipe::take_answer(const Ending& ending, const Answer& answer) {
  using Kind = Answer::Kind;
  switch (answer.kind) {
    case Kind::stopped: return was_told_to_stop(ending, answer);
    case Kind::throttled: return pace_.request_throttled(answer, ending.now, ending.chance);
    case Kind::failed: return had_failed(ending, answer);
    case Kind::accepted: return was_accepted(ending, answer);
    case Kind::refused: return was_refused(ending, answer);
    case Kind::too_large: return was_too_large(ending, answer);
    case Kind::unfit: return was_unfit(ending, answer);
    case Kind::odd: return was_answered_oddly(ending, answer);
  }
}

void Pipe::was_told_to_stop(const Ending& ending, const Answer& answer) {
  const auto probe = answer.is_final ? Health::Probe::never : Health::Probe::now_and_then;
  health_.stop(described(answer), ending.now, probe);
}

void Pipe::was_unfit(const Ending& ending, const Answer& answer) {
  went_through(ending.now);
  for (const Slot& slot : ending.flight.groups.front()) {
    settlement_.flying(slot.sources.front().row).progress.is_config_error = true;
    settlement_.reject(slot, described(answer));
  }
  ending.flight.finish_group();
}

void Pipe::had_failed(const Ending& ending, const Answer& answer) {
  // Sent again, and flagged: a gateway's error says little about what is behind it.
  if (answer.may_have_happened) settlement_.flag_repeat(ending.flight.groups.front());
  if (answer.wait_until) pace_.asked_to_wait(*answer.wait_until, ending.now);
  did_not_arrive(ending, described(answer));
}

void Pipe::was_accepted(const Ending& ending, const Answer& answer) {
  went_through(ending.now);
  Group& group = ending.flight.groups.front();
  if (ending.flight.is_alone && answer.body) {
    settlement_.flying(group.front().sources.front().row).progress.answer = *answer.body;
  }
  reject_named(ending.flight, answer);
  if (answer.names_others && !ending.flight.is_alone) {
    health_.note_strange("an answer names objects that were not sent");
  }
  for (const Slot& slot : group) settlement_.deliver(slot, ending.now);
  ending.flight.finish_group();
}

// Takes the named objects out of the group; gives how many they were.
size_t Pipe::reject_named(Flight& flight, const Answer& answer) {
  Group& group = flight.groups.front();
  std::vector<bool> is_refused(group.size());
  for (const Refusal& refusal : answer.refusals) {
    if (refusal.slot >= group.size()) continue;
    is_refused[refusal.slot] = true;
    settlement_.reject(group[refusal.slot], refusal.reason);
  }
  Group rest;
  for (size_t i = 0; i < group.size(); ++i) {
    if (!is_refused[i]) rest.push_back(std::move(group[i]));
  }
  const size_t named = group.size() - rest.size();
  group = std::move(rest);
  return named;
}

void Pipe::was_refused(const Ending& ending, const Answer& answer) {
  went_through(ending.now);
  Flight& flight = ending.flight;
  const size_t named = reject_named(flight, answer);
  Group& group = flight.groups.front();
  if (group.empty()) return flight.finish_group();
  if (answer.is_partly_done) {
    // Refused, and yet something was processed: of the rest it cannot be told.
    settlement_.lose(group);
    return wait_a_while(ending);
  }
  if (named > 0 && flight.bisections < rules_.bisections_max) {
    ++flight.bisections;  // nothing was done: the rest is sent again without them
    return;
  }
  search(flight, described(answer));
}

void Pipe::was_too_large(const Ending& ending, const Answer& answer) {
  went_through(ending.now);
  Group& group = ending.flight.groups.front();
  if (group.size() > 1) return ending.flight.split();
  settlement_.reject(group.front(), described(answer));
  ending.flight.finish_group();
}

void Pipe::was_answered_oddly(const Ending& ending, const Answer& answer) {
  went_through(ending.now);
  health_.note_strange("an answer that means nothing: " + described(answer));
  settlement_.lose(ending.flight.groups.front());
  wait_a_while(ending);
}

void Pipe::did_not_arrive(const Ending& ending, const std::string& why) {
  Flight& flight = ending.flight;
  if (flight.failures == 0) flight.failed_first = ending.now;
  wait_a_while(ending);
  if (health_.went_through_at() > flight.failed_first) ++flight.failures_alone;
  health_.request_failed(flight.began, why, ending.now, ending.chance);
  // Others go through: it is this one's fault.
  if (flight.failures_alone > rules_.failures_alone_max && flight.has_objects()) {
    search(flight, why);
  }
}

void Pipe::wait_a_while(const Ending& ending) {
  Flight& flight = ending.flight;
  ++flight.failures;
  flight.not_before = {ending.now.ms +
                       base::wait_ms(rules_.backoff, flight.failures, ending.chance)};
}

// Looks for what spoils the request; gives all of it up when that takes too many.
void Pipe::search(Flight& flight, const std::string& why) {
  Group& group = flight.groups.front();
  if (group.size() > 1 && flight.bisections < rules_.bisections_max) {
    ++flight.bisections;
    return flight.split();
  }
  for (const Slot& slot : group) settlement_.reject(slot, why);
  flight.finish_group();
}

void Pipe::went_through(base::Timestamp now) {
  pace_.request_went_through();
  health_.request_went_through(now);
}

}  // namespace millrace::delivery
