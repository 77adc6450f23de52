#include "app/wire/health.hpp"

#include <algorithm>

#include "app/wire/system.hpp"
#include "posix/threads.hpp"

namespace millrace::app {
namespace {

using Moment = std::chrono::steady_clock::time_point;
Moment now() {
  return std::chrono::steady_clock::now();
}

std::string waited(Moment since) {
  const auto waits = std::chrono::duration_cast<std::chrono::milliseconds>(now() - since);
  return std::to_string(waits.count()) + " ms";
}

}  // namespace

bool HealthReport::alive() const {
  return !checks.empty() && std::ranges::all_of(checks, [](const HealthCheck& check) {
    return !check.is_vital || check.wrong.empty();
  });
}

bool HealthReport::ready() const {
  return !checks.empty() &&
         std::ranges::all_of(checks, [](const HealthCheck& check) { return check.wrong.empty(); });
}

bool HealthReport::is_right(std::string_view name) const {
  return std::ranges::any_of(checks, [name](const HealthCheck& check) {
    return check.name == name && check.wrong.empty();
  });
}

json::object HealthReport::to_json(bool is_vital_only, bool shows_checks) const {
  json::object body{{"status", (is_vital_only ? alive() : ready()) ? "ok" : "failing"}};
  if (!shows_checks) return body;
  json::object shown;
  for (const HealthCheck& check : checks) {
    if (is_vital_only && !check.is_vital) continue;
    shown[check.name] = check.wrong.empty() ? "ok" : check.wrong;
  }
  body["checks"] = std::move(shown);
  return body;
}

// What was asked and not answered yet. Shared with the answers, which may come after Health has
// gone; nothing is asked a second time while the first answer is awaited.
struct Health::Round {
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<Moment> journal_asked;  // none: no commit is under way
  std::string journal_wrong;
  std::vector<std::optional<Moment>> lanes_asked;
};

Health::Health(Ports ports) : ports_(std::move(ports)), round_(std::make_shared<Round>()) {
  round_->lanes_asked.resize(ports_.lanes.count());
  thread_ = posix::named_thread<std::jthread>(
      "health", [this](const std::stop_token& asked_to_stop) { run(asked_to_stop); });
}

Health::~Health() {
  stop();
}

void Health::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  std::vector<Told> left;
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    left.swap(waiting_);
  }
  for (Told& told : left) told(HealthReport{});
}

bool Health::is_fresh() const {
  return last_stops_ == ports_.meter.store_changes() && now() - last_at_ < kHealthFreshness;
}

void Health::ask(Told told) {
  HealthReport report;
  {
    const std::lock_guard lock(mutex_);
    const bool is_refused = is_stopped_ || waiting_.size() >= kHealthWaitingMax;
    if (!is_refused && !is_fresh()) {
      waiting_.push_back(std::move(told));
      changed_.notify_all();
      return;
    }
    if (!is_refused) report = last_;
  }
  told(report);
}

void Health::run(const std::stop_token& asked_to_stop) {
  std::unique_lock lock(mutex_);
  while (!asked_to_stop.stop_requested()) {
    const bool looks_by_itself = ports_.keeps_looking || !was_ready_;
    const auto somebody_waits = [this] { return !waiting_.empty(); };
    if (looks_by_itself) {
      changed_.wait_for(lock, asked_to_stop, kHealthEvery, somebody_waits);
    } else {
      changed_.wait(lock, asked_to_stop, somebody_waits);
    }
    if (asked_to_stop.stop_requested()) return;
    std::vector<Told> asking;
    asking.swap(waiting_);
    // Those who came while the last round was under way may be told its end, if it still holds.
    if (!is_fresh()) {
      const uint64_t stops = ports_.meter.store_changes();
      lock.unlock();
      HealthReport report = look();
      note(report);
      lock.lock();
      last_ = std::move(report);
      last_at_ = now();
      last_stops_ = stops;
    }
    const HealthReport report = last_;
    lock.unlock();
    for (Told& told : asking) told(report);
    lock.lock();
  }
}

HealthReport Health::look() {
  const auto stopped = [this](std::string_view figure) {
    std::string which = ports_.meter.stopped(figure);
    return which.empty() ? which : "stopped: " + which;
  };
  HealthReport report;
  report.checks.push_back({std::string(kLanesCheck), ask_lanes(), true});
  report.checks.push_back({"journal", ask_journal(), true});
  report.checks.push_back({"disk", ask_disk()});
  report.checks.push_back({"workers", ports_.workers ? ports_.workers() : std::string()});
  report.checks.push_back({"deliveries", stopped(kDeliveryStopped)});
  return report;
}

std::string Health::ask_journal() {
  std::unique_lock lock(round_->mutex);
  if (!round_->journal_asked) {
    round_->journal_asked = now();
    lock.unlock();
    ports_.journal.probe([round = round_](base::Result<void> done) {
      const std::lock_guard guard(round->mutex);
      round->journal_wrong = done ? std::string() : "takes no record: " + done.error().message;
      round->journal_asked.reset();
      round->answered.notify_all();
    });
    lock.lock();
  }
  const bool has_come =
      round_->answered.wait_for(lock, kHealthLimit, [this] { return !round_->journal_asked; });
  if (has_come) return round_->journal_wrong;
  return "has not committed for " + waited(*round_->journal_asked);
}

std::string Health::ask_lanes() {
  std::unique_lock lock(round_->mutex);
  for (size_t lane = 0; lane < round_->lanes_asked.size(); ++lane) {
    if (round_->lanes_asked[lane]) continue;
    round_->lanes_asked[lane] = now();
    lock.unlock();
    ports_.lanes.run_on(lane, [round = round_, lane] {
      const std::lock_guard guard(round->mutex);
      round->lanes_asked[lane].reset();
      round->answered.notify_all();
    });
    lock.lock();
  }
  const auto late = [this] {
    return std::ranges::find_if(round_->lanes_asked,
                                [](const auto& asked) { return asked.has_value(); });
  };
  const bool all_came = round_->answered.wait_for(
      lock, kHealthLimit, [&] { return late() == round_->lanes_asked.end(); });
  return all_came ? std::string() : "a thread has not turned for " + waited(**late());
}

std::string Health::ask_disk() const {
  const auto left = free_bytes(ports_.data);
  if (!left) return "the room left is not known";
  if (*left >= ports_.disk_min) return {};
  return std::to_string(*left >> 20) + " MB are left, fewer than " +
         std::to_string(ports_.disk_min >> 20);
}

// One log line when it changes, and the figures.
void Health::note(const HealthReport& report) {
  std::string wrong;
  for (const HealthCheck& check : report.checks) {
    ports_.meter.set("health_ok", {{"check", check.name}}, check.wrong.empty() ? 1 : 0);
    if (!check.wrong.empty())
      wrong += (wrong.empty() ? "" : "; ") + check.name + ": " + check.wrong;
  }
  ports_.meter.set("health_ok", {{"check", "all"}}, wrong.empty() ? 1 : 0);
  if (report.ready() == was_ready_) return;
  was_ready_ = report.ready();
  ports_.log.line(was_ready_ ? base::Level::info : base::Level::error, "health",
                  was_ready_ ? "the server is ready again" : "the server is not ready: " + wrong);
}

}  // namespace millrace::app
