// The thread that writes traces and forgets the oldest.
#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "calls/calls.hpp"
#include "calls/trace_keys.hpp"
#include "posix/threads.hpp"

namespace millrace::calls {
namespace {

constexpr size_t kBatchMax = 512;
constexpr size_t kScanMax = 1'000;
constexpr int64_t kLookEveryMs = 60'000;  // for those that have become too old

struct Entry {
  uint64_t bytes = 0;
  std::string trace_key;
};

Entry entry_from(std::string_view value) {
  Entry entry;
  const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), entry.bytes);
  const auto digits = static_cast<size_t>(end - value.data());
  if (code == std::errc() && digits < value.size()) entry.trace_key = value.substr(digits + 1);
  return entry;
}

// What stands on one shelf and how much of it may.
struct Stock {
  Shelf shelf;
  size_t count_max;
  uint64_t bytes_max;
  int64_t age_max_ms;
  size_t count = 0;
  uint64_t bytes = 0;

  bool is_over() const { return count > count_max || bytes > bytes_max; }
};

}  // namespace

struct Traces::Impl {
  struct Forgetting {
    std::set<std::string> chats;
    std::move_only_function<void(base::Result<void>)> done;
  };
  struct Pending {
    CallTrace trace;
    base::Task written;
    std::optional<Forgetting> forgetting = std::nullopt;  // instead of a trace
  };

  Impl(base::KeyValueStore& the_store, base::Clock& the_clock, base::Log& the_log,
       base::Meter& the_meter, TraceLimits given)
      : store(the_store), clock(the_clock), log(the_log), meter(the_meter), limits(given) {
    const auto ms = [](std::chrono::hours hours) {
      return std::chrono::milliseconds(hours).count();
    };
    stocks = {
        Stock{Shelf::ordinary, given.count_max, given.bytes_max, ms(given.age_max)},
        Stock{Shelf::unknown, given.unknown_count_max, UINT64_MAX, ms(given.unknown_age_max)}};
    // Later than every number of an earlier run.
    last_number = static_cast<uint64_t>(clock.now().ms) << 20U;
    thread = posix::named_thread<std::jthread>(
        "traces", [this](const std::stop_token& asked) { work(asked); });
  }

  void record(CallTrace trace, base::Task written) {
    bool is_dropped = false;
    {
      const std::lock_guard lock(mutex);
      is_dropped = !written && pending.size() >= limits.pending_max;
      if (!is_dropped) {
        urgent = urgent || written;
        const bool is_due = urgent || pending.empty() || pending.size() + 1 >= kBatchMax;
        pending.push_back({std::move(trace), std::move(written), std::nullopt});
        if (is_due) changed.notify_one();
      }
    }
    if (is_dropped) meter.count("traces_dropped_total", {}, 1);
  }

  void work(const std::stop_token& asked) {
    take_stock();
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, asked, [&] { return !pending.empty(); });
      // A little later there are more, and one sync does for all.
      if (!urgent && pending.size() < kBatchMax) {
        changed.wait_for(lock, asked, limits.write_every,
                         [&] { return urgent || pending.size() >= kBatchMax; });
      }
      if (pending.empty()) return;  // asked to stop, and all is written
      std::vector<Pending> batch;
      for (; !pending.empty() && batch.size() < kBatchMax; pending.pop_front()) {
        batch.push_back(std::move(pending.front()));
      }
      urgent = std::ranges::any_of(pending, [](const Pending& one) {
        return static_cast<bool>(one.written) || one.forgetting.has_value();
      });
      lock.unlock();
      write(std::move(batch));
      lock.lock();
    }
  }

  void write(std::vector<Pending> batch) {
    if (is_stock_wrong.exchange(false)) take_stock();
    base::KeyValueBatch writes;
    std::vector<base::Task> told;
    std::vector<Forgetting> forgettings;
    for (Pending& one : batch) {
      if (one.forgetting) {
        forgettings.push_back(std::move(*one.forgetting));
        continue;
      }
      const uint64_t number = ++last_number;
      const std::string key = trace_key(one.trace, number);
      std::string text = to_json(one.trace);
      Stock& stock = stocks[one.trace.effect_unknown ? 1 : 0];
      ++stock.count;
      stock.bytes += text.size();
      writes.writes.emplace_back(shelf_key(stock.shelf, one.trace.began_at, number),
                                 std::to_string(text.size()) + " " + key);
      writes.writes.emplace_back(key, std::move(text));
      if (one.written) told.push_back(std::move(one.written));
    }
    commit(std::move(writes), [told = std::move(told)]() mutable {
      for (base::Task& task : told) task();
    });
    forget();
    for (Forgetting& each : forgettings) each.done(forget_chats(each.chats));
  }

  void forget_later(std::set<std::string> chats,
                    std::move_only_function<void(base::Result<void>)> done) {
    const std::lock_guard lock(mutex);
    urgent = true;
    pending.push_back({{}, nullptr, Forgetting{std::move(chats), std::move(done)}});
    changed.notify_one();
  }

  // Traces, and the entries that lead to them, of whatever was written until now.
  base::Result<void> forget_chats(const std::set<std::string>& chats) {
    {
      std::unique_lock lock(mutex);
      committed.wait(lock, [this] { return commits == 0; });
    }
    auto removals = removals_of_chats(store, chats);
    if (!removals) return std::unexpected(removals.error());
    if (removals->writes.empty()) return {};
    is_stock_wrong = true;
    auto promise = std::make_shared<std::promise<base::Result<void>>>();
    auto future = promise->get_future();
    store.commit(std::move(*removals),
                 [promise](base::Result<void> done) { promise->set_value(std::move(done)); });
    return future.get();
  }

  void commit(base::KeyValueBatch writes, base::Task then) {
    {
      const std::lock_guard lock(mutex);
      ++commits;
    }
    store.commit(std::move(writes),
                 [this, then = std::move(then)](const base::Result<void>& done) mutable {
                   tell_failure(done);
                   then();
                   const std::lock_guard lock(mutex);
                   if (--commits == 0) committed.notify_all();
                 });
  }

  // Removes what is over the limits, a bounded lot each time, the oldest first.
  void forget() {
    if (removing) return;  // the store may still show what is being removed
    const int64_t now = clock.now().ms;
    const bool look = now - looked_at >= kLookEveryMs || now < looked_at;
    if (look) looked_at = now;
    base::KeyValueBatch removals;
    for (Stock& stock : stocks) {
      if (!stock.is_over() && !look) continue;
      const auto asked = limits.age_asked ? limits.age_asked() : std::nullopt;
      const int64_t age_max_ms =
          asked ? std::chrono::milliseconds(*asked).count() : stock.age_max_ms;
      const auto oldest = store.scan(shelf_prefix(stock.shelf), "", kScanMax);
      if (!oldest) {
        complain(oldest.error());
        return;
      }
      for (const auto& [key, value] : *oldest) {
        const bool is_old = time_of_shelf_key(key) < now - age_max_ms;
        if (!is_old && !stock.is_over()) break;
        const Entry entry = entry_from(value);
        removals.writes.emplace_back(key, std::nullopt);
        if (!entry.trace_key.empty()) removals.writes.emplace_back(entry.trace_key, std::nullopt);
        stock.count -= std::min<size_t>(1, stock.count);
        stock.bytes -= std::min(entry.bytes, stock.bytes);
      }
    }
    if (removals.writes.empty()) return;
    removing = true;
    commit(std::move(removals), [this] { removing = false; });
  }

  void take_stock() {
    for (Stock& stock : stocks) {
      stock.count = 0;
      stock.bytes = 0;
      for (std::string after;;) {
        const auto entries = store.scan(shelf_prefix(stock.shelf), after, kScanMax);
        if (!entries) {
          complain(entries.error());
          return;
        }
        for (const auto& [key, value] : *entries) {
          ++stock.count;
          stock.bytes += entry_from(value).bytes;
        }
        if (entries->size() < kScanMax) break;
        after = entries->back().first;
      }
    }
  }

  // What was counted as written, or as removed, is not; said once until it is well again.
  void tell_failure(const base::Result<void>& done) {
    if (done) {
      is_failing = false;
      return;
    }
    is_stock_wrong = true;
    meter.count("traces_lost_total", {}, 1);
    if (!is_failing.exchange(true)) complain(done.error());
  }

  void complain(const base::Error& error) {
    log.line(base::Level::error, "calls", "traces cannot be kept: " + error.describe());
  }

  base::KeyValueStore& store;
  base::Clock& clock;
  base::Log& log;
  base::Meter& meter;
  const TraceLimits limits;

  // The thread's own.
  std::array<Stock, 2> stocks;
  uint64_t last_number = 0;
  int64_t looked_at = 0;
  std::atomic<bool> removing = false;
  std::atomic<bool> is_stock_wrong = false;  // a batch of writes or removals failed
  std::atomic<bool> is_failing = false;

  std::mutex mutex;  // guards what follows
  std::condition_variable_any changed;
  std::condition_variable committed;
  std::deque<Pending> pending;
  bool urgent = false;
  size_t commits = 0;  // under way

  std::jthread thread;  // ends first
};

Traces::Traces(base::KeyValueStore& store, base::Clock& clock, base::Log& log, base::Meter& meter,
               TraceLimits limits)
    : impl_(std::make_unique<Impl>(store, clock, log, meter, limits)) {}

Traces::~Traces() {
  impl_->thread.request_stop();
  impl_->thread.join();
  std::unique_lock lock(impl_->mutex);
  impl_->committed.wait(lock, [this] { return impl_->commits == 0; });
}

void Traces::record(CallTrace trace, base::Task written) {
  impl_->record(std::move(trace), std::move(written));
}

void Traces::forget(std::set<std::string> chats,
                    std::move_only_function<void(base::Result<void>)> done) {
  impl_->forget_later(std::move(chats), std::move(done));
}

}  // namespace millrace::calls
