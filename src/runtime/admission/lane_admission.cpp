// What a lane lets in: at once while it has little under way; else what waits, in the order of the
// fair queue, and no more than it will come to in time.
#include <algorithm>

#include "runtime/lane/lane.hpp"

namespace millrace::runtime {

using base::Code;

void Runtime::Lane::submit(Asked asked, Job job) {
  const bool is_outside = asked.from == From::outside;
  if (draining_ && is_outside) {
    job(base::fail(Code::unavailable, "the server is shutting down"));
    return;
  }
  const bool goes_on = !is_outside && asked.priority != Priority::broadcast;
  if (goes_on || (queue_.is_empty() && has_room())) {
    enter(asked, std::move(job));
    return;
  }
  const int64_t now_ms = ports_.clock.steady_ms();
  const std::string solution = solution_of(asked);
  using Verdict = FairQueue<Queued>::Verdict;
  const Verdict verdict =
      is_outside ? queue_.judge(solution, asked.priority, asked.bytes, now_ms) : Verdict::admitted;
  if (verdict == Verdict::admitted) {
    queue_.push(solution, asked.priority, asked.bytes, now_ms, {asked, std::move(job)});
    return;
  }
  refuse_entry(asked, std::move(job), verdict == Verdict::full ? Refusal::full : Refusal::waiting,
               now_ms);
}

void Runtime::Lane::enter(const Asked& asked, Job job) {
  const bool is_outside = asked.from == From::outside;
  if (is_outside && waiting_bytes_ + asked.bytes > limits_.waiting_bytes_max) {
    job(base::fail(Code::resource_exhausted, "too many messages wait at once; try again"));
    return;
  }
  Consumer& consumer = find_or_read(asked.consumer);
  if (is_outside && consumer.mailbox.size() >= limits_.mailbox_max) {
    job(base::fail(Code::resource_exhausted, "too many messages at once; wait for an answer"));
    return;
  }
  touch(consumer);
  consumer.mailbox.push_back({std::move(job), asked.bytes});
  waiting_bytes_ += asked.bytes;
  pump(consumer);
}

void Runtime::Lane::let_in() {
  while (has_room()) {
    const int64_t now_ms = ports_.clock.steady_ms();
    refusals_.tell_when_due(now_ms);
    auto next = queue_.take(now_ms);
    if (!next) return;
    auto& [asked, job] = next->work;
    // Whoever asked has most likely given up, and asks again.
    if (asked.from == From::outside && next->waited_ms > kWaitMostMs) {
      refuse_entry(asked, std::move(job), Refusal::late, now_ms);
    } else {
      enter(asked, std::move(job));
      window_.took(ports_.clock.steady_ms() - now_ms);
    }
  }
}

void Runtime::Lane::refuse_entry(const Asked& asked, Job job, Refusal why, int64_t now_ms) {
  refusals_.note(solution_of(asked), asked.priority, why, now_ms);
  if (why == Refusal::full) {
    job(base::fail(Code::resource_exhausted,
                   "too many messages of this solution wait; try again later"));
  } else {
    job(base::fail(Code::unavailable,
                   "more is asked of the server than it can do; try again later"));
  }
}

// "" for a consumer who is not in memory and comes without a solution.
std::string Runtime::Lane::solution_of(const Asked& asked) {
  const Consumer* const consumer = in_memory(asked.consumer);
  if (consumer != nullptr && consumer->program) return consumer->program->solution;
  const SolutionPtr solution = asked.app == base::Id() ? nullptr : solutions_.find(asked.app);
  return solution ? solution->name : std::string();
}

}  // namespace millrace::runtime
