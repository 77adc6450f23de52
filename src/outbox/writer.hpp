// Makes what became of rows durable, in order, and tells whoever waits for a row then. The sender's
// thread's alone, apart from when_settled().
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "outbox/inbox.hpp"
#include "outbox/outbox.hpp"

namespace millrace::outbox {

class Writer {
 public:
  using Done = runtime::Deliveries::Done;
  // Why a target is stopped; "" when it is not.
  using StoppedBecause = std::function<std::string(int64_t target)>;

  Writer(const Sender::Ports& ports, size_t waiters_max, Inbox& inbox)
      : ports_(ports), waiters_max_(waiters_max), inbox_(inbox) {}
  void ask_whether_stopped(StoppedBecause ask) { stopped_because_ = std::move(ask); }

  // Any thread's.
  void when_settled(std::string key, Done done);

  void write(runtime::DeliveryWrite change);
  // Once, with the end told on this thread; not written again.
  void write_once(runtime::DeliveryWrite change,
                  std::move_only_function<void(base::Result<void>)> done);
  // Forgets what was delivered before then, a little of it.
  void prune(int64_t target, base::Timestamp before, size_t limit);
  // Writes again what could not be written.
  void step(base::Timestamp now);
  // Whether the newest state of that row is not durable yet.
  bool is_pending(int64_t row) const { return pending_.contains(row); }
  size_t under_way() const { return under_way_; }

  // Whoever waits for a row of that target is told that its configuration is wrong.
  void tell_config_error(int64_t target, const std::string& because);

 private:
  using Write = std::shared_ptr<runtime::DeliveryWrite>;
  struct Waiter {
    int64_t target = 0;
    Done done;
  };

  void submit(Write write, uint64_t number);
  void written(const Write& write, uint64_t number, const base::Result<void>& result);
  void write_again();
  void look_up(std::string key, Done done);
  void tell_waiters(const delivery::RowUpdate& update);

  const Sender::Ports& ports_;
  const size_t waiters_max_;
  Inbox& inbox_;
  StoppedBecause stopped_because_;
  std::atomic<size_t> waiter_count_ = 0;
  uint64_t writes_ = 0;
  size_t under_way_ = 0;
  // Rows whose newest state is not durable yet, by the write that has it.
  std::unordered_map<int64_t, uint64_t> pending_;
  std::deque<std::pair<uint64_t, Write>> failed_;
  std::unordered_map<int64_t, std::vector<Waiter>> waiters_;
  base::Timestamp write_again_at_;
};

}  // namespace millrace::outbox
