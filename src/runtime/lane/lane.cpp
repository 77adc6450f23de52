#include "runtime/lane/lane.hpp"

#include <algorithm>

namespace millrace::runtime {
namespace {

using base::Code;
using base::fail;

// Counted for a consumer besides its texts: its parts and their places in tables, as measured over
// a hundred thousand chats that wait for their first answer.
constexpr size_t kConsumerBytes = 3'500;

}  // namespace

Runtime::Lane::Lane(size_t index, const Ports& ports, const Solutions& solutions,
                    const Limits& limits)
    : index_(index),
      ports_(ports),
      solutions_(solutions),
      limits_(limits),
      queue_({limits.queue_max, limits.queue_bytes_max}),
      window_(limits.under_way_min, limits.under_way_max),
      refusals_(ports.log, ports.meter) {}

Runtime::Lane::Running::~Running() {
  lane_.running_ = false;
  // Left over when something threw; the lane goes on with it after whoever catches.
  if (lane_.later_.empty()) return;
  lane_.ports_.lanes.run_after(lane_.index_, std::chrono::milliseconds(0),
                               [&lane = lane_] { lane.run([] {}); });
}

void Runtime::Lane::run_later() {
  while (!later_.empty()) {
    base::Task task = std::move(later_.front());
    later_.pop_front();
    task();
  }
}

Consumer& Runtime::Lane::find_or_read(base::Id id) {
  const auto found = consumers_.find(id);
  if (found != consumers_.end()) return *found->second;
  auto owned = std::make_unique<Consumer>();
  Consumer& consumer = *owned;
  consumer.id = id;
  consumer.place = by_use_.insert(by_use_.begin(), &consumer);
  consumers_.emplace(id, std::move(owned));
  hot_.store(consumers_.size(), std::memory_order_relaxed);
  consumer.busy = true;
  ++under_way_;
  ports_.journal.read_tail(id, limits_.remembered_records,
                           back_here<base::Result<Tail>>([this, &consumer](auto tail) {
                             loaded(consumer, std::move(tail));
                           }));
  weigh(consumer);
  return consumer;
}

void Runtime::Lane::loaded(Consumer& consumer, base::Result<Tail> tail) {
  consumer.busy = false;
  auto restored = tail ? restore(consumer, std::move(*tail)) : std::unexpected(tail.error());
  if (!restored) {
    log_failure(consumer.id.to_string(), "cannot be read back", restored.error());
    std::vector<Job> refused;
    while (!consumer.mailbox.empty()) refused.push_back(next_job(consumer));
    evict(consumer);  // so that the next request tries again
    for (Job& job : refused) job(std::unexpected(restored.error()));
    finished_one();
    return;
  }
  consumer.loaded = true;
  weigh(consumer);
  if (!is_parked(consumer.id)) take_up(consumer);
  pump(consumer);
  finished_one();
}

base::Result<void> Runtime::Lane::restore(Consumer& consumer, Tail tail) {
  if (tail.records.empty()) return {};
  StateReader reader(ports_.seal_key);
  for (const JournalRecord& record : tail.records) {
    if (auto taken = reader.take(record); !taken) return taken;
    consumer.number = record.number;
  }
  auto state = reader.state();
  if (!state) return std::unexpected(state.error());
  if (state->consumer != consumer.id) {
    return fail(Code::data_loss, "another consumer's record stands among these");
  }
  consumer.since_whole = reader.since();
  consumer.bytes_since_whole = reader.bytes_since();
  // Changes do not cross versions: after a former one the next record is whole.
  consumer.whole_bytes = reader.version() == kRecordVersion ? reader.whole_bytes() : 0;
  consumer.marked.assign(tail.marked.begin(), tail.marked.end());
  consumer.chat = std::move(*state);
  consumer.program = solutions_.version(consumer.chat->program);
  return {};
}

bool Runtime::Lane::leave_memory(base::Id consumer) {
  Consumer* kept = in_memory(consumer);
  if (kept == nullptr) return true;
  if (!kept->loaded || !is_evictable(*kept)) return false;
  evict(*kept);
  return true;
}

Consumer* Runtime::Lane::in_memory(base::Id consumer) {
  const auto found = consumers_.find(consumer);
  return found == consumers_.end() ? nullptr : found->second.get();
}

void Runtime::Lane::log_failure(const std::string& subject, std::string_view what,
                                const base::Error& why) {
  constexpr int64_t kOneInMs = 1'000;
  const bool is_everyones = why.code == Code::unavailable || why.code == Code::internal;
  const int64_t at = now().ms;
  if (is_everyones && std::abs(at - failure_logged_.ms) < kOneInMs) {
    ++failures_unlogged_;
    return;
  }
  std::string text = std::string(what) + ": " + why.describe();
  if (is_everyones) {
    failure_logged_ = {at};
    const size_t more = std::exchange(failures_unlogged_, 0);
    if (more > 0) text += " (and " + std::to_string(more) + " more before)";
  }
  ports_.log.line(base::Level::error, subject, text);
}

void Runtime::Lane::remember(Consumer& consumer, const std::vector<InputMark>& marks,
                             int64_t place) {
  for (const InputMark mark : marks) consumer.marked.push_back({mark, place});
  while (consumer.marked.size() > limits_.remembered_records) consumer.marked.pop_front();
}

Job Runtime::Lane::next_job(Consumer& consumer) {
  WaitingJob next = std::move(consumer.mailbox.front());
  consumer.mailbox.pop_front();
  waiting_bytes_ -= next.bytes;
  return std::move(next.job);
}

void Runtime::Lane::pump(Consumer& consumer) {
  while (consumer.loaded && !consumer.busy && !consumer.mailbox.empty()) {
    next_job(consumer)(&consumer);
  }
}

void Runtime::Lane::weigh(Consumer& consumer) {
  hot_bytes_ -= consumer.bytes;
  consumer.bytes = kConsumerBytes + consumer.marked.size() * sizeof(MarkedPlace) +
                   (consumer.chat ? dialog::weight(*consumer.chat) : 0);
  hot_bytes_ += consumer.bytes;
  const bool too_many = consumers_.size() > limits_.hot_consumers_max;
  if (too_many || hot_bytes_ > limits_.hot_bytes_max) evict_least_used();
}

void Runtime::Lane::touch(Consumer& consumer) {
  consumer.touched = now();
  by_use_.splice(by_use_.begin(), by_use_, consumer.place);
}

bool Runtime::Lane::is_evictable(const Consumer& consumer) const {
  // A script's result comes to who is here; a delivery's, a pending call's and a timer's finds its
  // consumer wherever it is.
  const bool script_runs =
      consumer.chat && consumer.chat->call && running_calls_.contains(consumer.chat->call->key);
  return !consumer.busy && consumer.mailbox.empty() && consumer.waiters.empty() &&
         consumer.pages.empty() && !consumer.survey && !script_runs &&
         std::ranges::all_of(consumer.listeners, [](const Listener& listener) {
           return listener.subscriber.expired();
         });
}

void Runtime::Lane::evict(Consumer& consumer) {
  hot_bytes_ -= consumer.bytes;
  for (const WaitingJob& job : consumer.mailbox) waiting_bytes_ -= job.bytes;
  by_use_.erase(consumer.place);
  consumers_.erase(consumer.id);
  hot_.store(consumers_.size(), std::memory_order_relaxed);
}

void Runtime::Lane::evict_least_used() {
  // A bounded look from the cold end: those who cannot leave now will be passed again. The warmest
  // is whoever this is done for.
  constexpr int kLooks = 16;
  auto at = by_use_.end();
  for (int look = 0; look < kLooks && at != by_use_.begin(); ++look) {
    const bool enough =
        consumers_.size() <= limits_.hot_consumers_max && hot_bytes_ <= limits_.hot_bytes_max;
    Consumer* candidate = *--at;
    if (enough || at == by_use_.begin()) return;
    if (!is_evictable(*candidate)) continue;
    ++at;
    evict(*candidate);
  }
}

bool Runtime::Lane::listen(Consumer& consumer, base::Id chat,
                           std::weak_ptr<Subscriber> subscriber) {
  constexpr size_t kListenersMax = 64;
  drop_gone_listeners(consumer);
  // Who asks again replaces what it asked before.
  std::erase_if(consumer.listeners, [&](const Listener& listener) {
    return listener.chat == chat && !listener.subscriber.owner_before(subscriber) &&
           !subscriber.owner_before(listener.subscriber);
  });
  if (consumer.listeners.size() >= kListenersMax) return false;
  consumer.listeners.push_back({chat, std::move(subscriber)});
  return true;
}

void Runtime::Lane::start_sweeping() {
  constexpr std::chrono::seconds kEvery{30};
  ports_.lanes.run_after(index_, kEvery, [this] {
    run([this] { sweep(); });
    start_sweeping();
  });
}

void Runtime::Lane::sweep() {
  refusals_.tell(ports_.clock.steady_ms());
  const int64_t oldest = now().ms - limits_.idle_max.count();
  for (auto at = by_use_.end(); at != by_use_.begin();) {
    Consumer* candidate = *--at;
    if (candidate->touched.ms > oldest) return;
    if (!is_evictable(*candidate)) continue;
    ++at;
    evict(*candidate);
  }
}

void Runtime::Lane::drain(base::Task idle) {
  draining_ = true;
  idle_ = std::move(idle);
  ++under_way_;
  finished_one();
}

void Runtime::Lane::finished_one() {
  --under_way_;
  let_in();
  const bool is_idle = under_way_ == 0 && queue_.is_empty();
  if (draining_ && is_idle && idle_) later_.push_back(std::exchange(idle_, nullptr));
}

}  // namespace millrace::runtime
