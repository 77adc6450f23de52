#include "runtime/lane.hpp"

#include <algorithm>
#include <array>

namespace millrace::runtime {
namespace {

using base::Code;
using base::fail;
using dialog::Phase;

}  // namespace

Runtime::Lane::Lane(size_t index, size_t hot_max, const Ports& ports, const Solutions& solutions,
                    const Limits& limits)
    : index_(index), hot_max_(hot_max), ports_(ports), solutions_(solutions), limits_(limits) {}

base::Id Runtime::Lane::new_id() {
  std::array<uint8_t, 10> random{};
  ports_.random.fill(random);
  return base::Id::version7(now(), random);
}

void Runtime::Lane::submit(base::Id id, From from, Job job) {
  if (draining_ && from == From::outside) {
    job(fail(Code::unavailable, "the server is shutting down"));
    return;
  }
  Consumer& consumer = find_or_read(id);
  if (from == From::outside && consumer.mailbox.size() >= limits_.mailbox_max) {
    job(fail(Code::resource_exhausted, "too many messages at once; wait for an answer"));
    return;
  }
  touch(consumer);
  consumer.mailbox.push_back(std::move(job));
  pump(consumer);
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
  ports_.journal.read(
      id, limits_.remembered_records,
      back_here<base::Result<std::vector<JournalRecord>>>(
          [this, &consumer](auto records) { loaded(consumer, std::move(records)); }));
  if (consumers_.size() > hot_max_) evict_least_used();
  return consumer;
}

void Runtime::Lane::loaded(Consumer& consumer, base::Result<std::vector<JournalRecord>> records) {
  consumer.busy = false;
  auto restored = records ? restore(consumer, *records) : std::unexpected(records.error());
  if (!restored) {
    log_failure(consumer.id.to_string(), "cannot be read back", restored.error());
    auto refused = std::move(consumer.mailbox);
    evict(consumer);  // so that the next request tries again
    for (Job& job : refused) job(std::unexpected(restored.error()));
    finished_one();
    return;
  }
  consumer.loaded = true;
  if (consumer.chat && consumer.program) {
    if (consumer.chat->phase == Phase::calling) take_up_call(consumer);
    if (consumer.chat->timer) set_timer(consumer.id, *consumer.chat->timer);
  }
  pump(consumer);
  finished_one();
}

base::Result<void> Runtime::Lane::restore(Consumer& consumer,
                                          const std::vector<JournalRecord>& records) {
  for (const JournalRecord& record : records) {
    auto turn = read_record(record.body, ports_.seal_key);
    if (!turn) return std::unexpected(turn.error());
    consumer.number = record.number;
    remember(consumer, std::move(turn->input_id));
    consumer.chat = std::move(turn->state);
  }
  if (consumer.chat) consumer.program = solutions_.version(consumer.chat->program);
  return {};
}

void Runtime::Lane::log_failure(const std::string& subject, std::string_view what,
                                const base::Error& why) {
  constexpr int64_t kOneInMs = 1'000;
  const bool is_everyones = why.code == Code::unavailable;
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
  ports_.log.line(Level::error, subject, text);
}

void Runtime::Lane::remember(Consumer& consumer, std::string input_id) {
  if (input_id.empty() || !consumer.inputs.insert(input_id).second) return;
  consumer.inputs_by_age.push_back(std::move(input_id));
  if (consumer.inputs_by_age.size() <= limits_.remembered_records) return;
  consumer.inputs.erase(consumer.inputs_by_age.front());
  consumer.inputs_by_age.pop_front();
}

void Runtime::Lane::pump(Consumer& consumer) {
  while (consumer.loaded && !consumer.busy && !consumer.mailbox.empty()) {
    Job job = std::move(consumer.mailbox.front());
    consumer.mailbox.pop_front();
    job(&consumer);
  }
}

void Runtime::Lane::touch(Consumer& consumer) {
  consumer.touched = now();
  by_use_.splice(by_use_.begin(), by_use_, consumer.place);
}

bool Runtime::Lane::is_evictable(const Consumer& consumer) const {
  const bool waits_for_itself = consumer.chat && is_open(*consumer.chat);
  return !consumer.busy && consumer.mailbox.empty() && consumer.waiters.empty() &&
         !waits_for_itself && std::ranges::all_of(consumer.listeners, [](const Listener& listener) {
           return listener.subscriber.expired();
         });
}

void Runtime::Lane::evict(Consumer& consumer) {
  by_use_.erase(consumer.place);
  consumers_.erase(consumer.id);
  hot_.store(consumers_.size(), std::memory_order_relaxed);
}

void Runtime::Lane::evict_least_used() {
  // A bounded look from the cold end: those who cannot leave now will be passed again.
  constexpr int kLooks = 16;
  auto at = by_use_.end();
  for (int look = 0; look < kLooks && at != by_use_.begin(); ++look) {
    Consumer* candidate = *--at;
    if (!is_evictable(*candidate)) continue;
    evict(*candidate);
    return;
  }
}

void Runtime::Lane::start_sweeping() {
  constexpr std::chrono::seconds kEvery{30};
  ports_.lanes.run_after(index_, kEvery, [this] {
    sweep();
    start_sweeping();
  });
}

void Runtime::Lane::sweep() {
  const int64_t oldest = now().ms - limits_.idle_max.count();
  for (auto at = by_use_.end(); at != by_use_.begin();) {
    Consumer* candidate = *--at;
    if (candidate->touched.ms > oldest) return;
    if (!is_evictable(*candidate)) continue;
    ++at;
    evict(*candidate);
  }
}

void Runtime::Lane::drain(Task idle) {
  draining_ = true;
  idle_ = std::move(idle);
  ++under_way_;
  finished_one();
}

void Runtime::Lane::finished_one() {
  --under_way_;
  if (draining_ && under_way_ == 0 && idle_) std::exchange(idle_, nullptr)();
}

}  // namespace millrace::runtime
