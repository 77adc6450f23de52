// The thread: takes word from others, loads rows, makes requests.
#include "outbox/loop.hpp"

#include <algorithm>

namespace millrace::outbox {
namespace {

using std::chrono::milliseconds;

constexpr size_t kLoadMax = 1'000;  // rows in one look at the store
constexpr int64_t kResolveEveryMs = 5'000;
constexpr int64_t kForgetEveryMs = 1'000;
constexpr milliseconds kPauseMax{1'000};

int64_t milliseconds_of(auto duration) {
  return std::chrono::duration_cast<milliseconds>(duration).count();
}

}  // namespace

Sender::Loop::Loop(Ports ports, Settings settings)
    : ports_(std::move(ports)), settings_(settings) {}

base::Result<void> Sender::Loop::start() {
  if (auto ready = take_up_marks(); !ready) return ready;
  thread_ = std::thread([this] { run(); });
  return {};
}

void Sender::Loop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  word_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Sender::Loop::owed() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(has_owed_, true)) return;
  }
  word_.notify_one();
}

void Sender::Loop::when_settled(std::string key, Deliveries::Done done) {
  if (waiter_count_.fetch_add(1) >= settings_.waiters_max) {
    waiter_count_.fetch_sub(1);
    return done({{"outcome", "later"}, {"items", json::array()}});
  }
  post([this, key = std::move(key), done = std::move(done)]() mutable {
    look_up(std::move(key), std::move(done));
  });
}

void Sender::Loop::post(base::Task task) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = inbox_.empty();
    inbox_.push_back(std::move(task));
  }
  if (was_empty) word_.notify_one();
}

void Sender::Loop::run() {
  std::vector<base::Task> tasks;
  for (;;) {
    const milliseconds longest = pause();
    bool has_owed = false;
    {
      std::unique_lock lock(mutex_);
      word_.wait_for(lock, longest, [this] {
        return !inbox_.empty() || has_owed_ || (stopping_ && !is_stopping_);
      });
      tasks.swap(inbox_);
      has_owed = std::exchange(has_owed_, false);
      is_stopping_ = stopping_;
    }
    for (base::Task& task : tasks) task();
    tasks.clear();
    if (has_owed) find_lanes();
    step();
    if (is_stopping_ && is_finished()) return;
  }
}

bool Sender::Loop::is_finished() const {
  // What the disk refuses stays as it was: marked, and taken up by the next start.
  return requests_under_way_ == 0 && writes_under_way_ == 0;
}

void Sender::Loop::step() {
  const base::Timestamp at = now();
  if (!failed_writes_.empty() && at >= write_again_at_) write_again();
  if (is_stopping_) return;
  if (at >= orders_at_) {
    look_for_orders();
    orders_at_ = {at.ms + settings_.orders_every.count()};
  }
  if (at >= measure_at_) {
    measure();
    measure_at_ = {at.ms + settings_.figures_every.count()};
  }
  if (at >= forget_at_) {
    forget_old();
    forget_at_ = {at.ms + kForgetEveryMs};
  }
  for (const auto& [number, lane] : lanes_) pump(*lane);
}

milliseconds Sender::Loop::pause() {
  if (is_stopping_) return kPauseMax;
  const base::Timestamp at = now();
  int64_t until = std::min(orders_at_.ms, measure_at_.ms);
  for (const auto& [number, lane] : lanes_) {
    until = std::min(until, lane->pipe.wake_at(at).ms);
  }
  return std::clamp(milliseconds(until - at.ms), milliseconds(0), kPauseMax);
}

void Sender::Loop::find_lanes() {
  const auto targets = ports_.store.targets();
  if (!targets) {
    ports_.log.line(base::Level::error, "outbox", targets.error().describe());
    return;
  }
  for (const runtime::DeliveryTarget& target : *targets) lane_of(target).has_more = true;
}

Sender::Loop::Lane& Sender::Loop::lane_of(const runtime::DeliveryTarget& target) {
  auto& lane = lanes_[target.number];
  if (!lane) {
    lane = std::make_unique<Lane>(Lane{target, delivery::Pipe(settings_.rules), {}});
    resolve(*lane);
  }
  return *lane;
}

void Sender::Loop::load(Lane& lane) {
  while (lane.has_more && lane.pipe.wants_rows()) {
    const size_t limit = std::min(kLoadMax, lane.pipe.room());
    auto rows = ports_.store.waiting(lane.target.number, lane.cursor, limit);
    if (!rows) {
      log(base::Level::error, lane, rows.error().describe());
      return;
    }
    lane.has_more = rows->size() == limit;
    for (delivery::Row& row : *rows) {
      lane.cursor = row.id;
      if (!pending_.contains(row.id)) lane.pipe.add(std::move(row), now());
    }
  }
}

// Asked again while stopped: somebody may have mended the configuration.
void Sender::Loop::resolve(Lane& lane) {
  const base::Timestamp at = now();
  if (at < lane.resolve_at) return;
  lane.resolve_at = {at.ms + kResolveEveryMs};
  auto destination = ports_.resolve(lane.target.solution, lane.target.environment);
  const bool is_other =
      destination && (!lane.destination || destination->url != lane.destination->url ||
                      destination->api_key != lane.destination->api_key);
  lane.destination = std::move(destination);
  if (!lane.destination) return lane.pipe.stop("no address or no key is configured", at);
  if (lane.destination->ambiguous) lane.pipe.treat_ambiguous(*lane.destination->ambiguous);
  if (!is_other) return;
  lane.pipe.hide({{lane.destination->api_key, "key"}});
  lane.pipe.resume();
}

void Sender::Loop::pump(Lane& lane) {
  if (lane.pipe.is_stopped()) resolve(lane);
  load(lane);
  while (lane.destination) {
    auto sending = lane.pipe.next(now());
    if (!sending) break;
    begin(lane, std::move(*sending));
    load(lane);
  }
  take_effects(lane);
}

// What would be done twice goes on record before it leaves.
void Sender::Loop::begin(Lane& lane, delivery::Sending sending) {
  ++requests_under_way_;
  if (sending.counting.empty()) return send(lane, std::move(sending), 0);
  // What became of the rows so far must be there first.
  take_effects(lane);
  const int64_t mark = ++marks_;
  runtime::DeliveryWrite write;
  write.target = lane.target.number;
  write.at = now();
  write.marks.emplace_back(mark, std::move(sending.counting));
  ++writes_under_way_;
  ports_.store.commit(std::move(write), [this, &lane, mark, sending = std::move(sending)](
                                            base::Result<void> marked) mutable {
    post([this, &lane, mark, marked, sending = std::move(sending)]() mutable {
      --writes_under_way_;
      if (marked) return send(lane, std::move(sending), mark);
      --requests_under_way_;
      web::OutboundAnswer not_sent;
      not_sent.message = marked.error().describe();
      lane.pipe.answered(sending.number, not_sent, now(), chance());
    });
  });
}

void Sender::Loop::send(Lane& lane, delivery::Sending sending, int64_t mark) {
  web::OutboundRequest request;
  request.method = std::move(sending.method);
  request.url = lane.destination ? lane.destination->url + sending.path : "";
  request.headers = {
      {"Content-Type", "application/json"},
      {"Authorization", "Bearer " + (lane.destination ? lane.destination->api_key : "")}};
  request.body = std::move(sending.body);
  request.deadline = settings_.deadline;
  const auto began = std::chrono::steady_clock::now();
  ports_.outbound.send(std::move(request), [this, &lane, number = sending.number, mark,
                                            began](web::OutboundAnswer answer) mutable {
    post([this, &lane, number, mark, began, answer = std::move(answer)] {
      const auto took = std::chrono::steady_clock::now() - began;
      ports_.meter.observe("millrace_delivery_request_seconds", {},
                           static_cast<double>(milliseconds_of(took)) / 1'000);
      answered(lane, number, mark, answer);
    });
  });
}

void Sender::Loop::answered(Lane& lane, uint64_t number, int64_t mark,
                            const web::OutboundAnswer& answer) {
  --requests_under_way_;
  using Kind = web::OutboundAnswer::Kind;
  const std::string status = answer.kind == Kind::answered  ? std::to_string(answer.response.status)
                             : answer.kind == Kind::unknown ? "unknown"
                                                            : "not_sent";
  ports_.meter.count("millrace_delivery_requests_total", {{"status", status}});
  lane.pipe.answered(number, answer, now(), chance());
  std::vector<int64_t> unmark;
  if (mark != 0) unmark.push_back(mark);
  take_effects(lane, std::move(unmark));
}

uint64_t Sender::Loop::chance() {
  std::array<uint8_t, 8> bytes{};
  ports_.random.fill(bytes);
  uint64_t out = 0;
  for (const uint8_t byte : bytes) out = out << 8 | byte;
  return out;
}

void Sender::Loop::log(base::Level level, const Lane& lane, std::string_view text) {
  ports_.log.line(
      level, "outbox",
      lane.target.solution + " (" + lane.target.environment + "): " + std::string(text));
}

}  // namespace millrace::outbox
