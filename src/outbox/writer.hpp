// Makes what became of rows durable, one write after the other in the order in which they come, and
// tells whoever waits for a row then. What comes while a write is under way is gathered into the
// next one; what fails is written again before anything later. So whatever is durable, all that
// came before it is. The sender's thread's alone, apart from when_settled().
#pragma once

#include <atomic>
#include <deque>
#include <functional>
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
  // Marks, which are on record with all that came before when `done` is told so, on this thread.
  // A failure is told too, and they are not written again.
  using Marked = std::move_only_function<void(base::Result<void>)>;
  void mark(runtime::DeliveryWrite change, Marked done);
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
  struct Entry {
    uint64_t number = 0;
    runtime::DeliveryWrite change;
    std::vector<Marked> marked;
  };
  struct Waiter {
    int64_t target = 0;
    Done done;
  };

  Entry& enqueue(runtime::DeliveryWrite change);
  void write_next();
  void written(const base::Result<void>& result);
  void give_marks_up(const base::Error& why);
  void look_up(std::string key, Done done);
  void tell_waiters(const delivery::RowUpdate& update);

  const Sender::Ports& ports_;
  const size_t waiters_max_;
  Inbox& inbox_;
  StoppedBecause stopped_because_;
  std::atomic<size_t> waiter_count_ = 0;
  uint64_t entries_ = 0;
  size_t under_way_ = 0;
  std::deque<Entry> queue_;
  bool is_writing_ = false;  // the first one of the queue
  // Rows whose newest state is not durable yet, by the entry that has it.
  std::unordered_map<int64_t, uint64_t> pending_;
  std::unordered_map<int64_t, std::vector<Waiter>> waiters_;
  base::Timestamp write_again_at_;
};

}  // namespace millrace::outbox
