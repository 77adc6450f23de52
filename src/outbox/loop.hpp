// The sender's thread and what it knows. Everything below `private` is that thread's alone, apart
// from the inbox; other threads leave tasks there.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "delivery/pipe.hpp"
#include "outbox/outbox.hpp"

namespace millrace::outbox {

class Sender::Loop {
 public:
  Loop(Ports ports, Settings settings);
  ~Loop() { stop(); }

  base::Result<void> start();
  void stop();
  void owed();
  void when_settled(std::string key, Deliveries::Done done);

 private:
  struct Lane {
    runtime::DeliveryTarget target;
    delivery::Pipe pipe;
    std::optional<Destination> destination;
    int64_t cursor = 0;    // rows up to here have been taken up, ...
    bool has_more = true;  // ... and there may be others behind
    base::Timestamp resolve_at;
    base::Timestamp complain_at;  // about strange answers, not before then
  };
  using Write = std::shared_ptr<runtime::DeliveryWrite>;
  struct Waiter {
    int64_t target = 0;
    Deliveries::Done done;
  };

  // loop.cpp
  void post(base::Task task);
  void run();
  bool is_finished() const;
  void step();
  std::chrono::milliseconds pause();
  void find_lanes();
  Lane& lane_of(const runtime::DeliveryTarget& target);
  void load(Lane& lane);
  void resolve(Lane& lane);
  void pump(Lane& lane);
  void begin(Lane& lane, delivery::Sending sending);
  void send(Lane& lane, delivery::Sending sending, int64_t mark);
  void answered(Lane& lane, uint64_t number, int64_t mark, const web::OutboundAnswer& answer);
  base::Timestamp now() { return ports_.clock.now(); }
  uint64_t chance();
  void log(base::Level level, const Lane& lane, std::string_view text);

  // writing.cpp: what becomes durable, and who is told then
  void take_effects(Lane& lane, std::vector<int64_t> unmark = {}, std::vector<int64_t> orders = {});
  void tell(Lane& lane, const delivery::Notice& notice);
  void count(const Lane& lane, const delivery::Effects& effects);
  void write(Write write);
  void submit(Write write, uint64_t number);
  void written(const Write& write, uint64_t number, const base::Result<void>& result);
  void write_again();
  void look_up(std::string key, Deliveries::Done done);
  void tell_waiters(const delivery::RowUpdate& update);
  void tell_config_error(const Lane& lane);

  // orders.cpp: what people want, what a former run left, and figures
  base::Result<void> take_up_marks();
  void look_for_orders();
  bool carry_out(const runtime::DeliveryOrder& order);
  void measure();
  void forget_old();

  Ports ports_;
  const Settings settings_;

  std::mutex mutex_;
  std::condition_variable word_;
  std::vector<base::Task> inbox_;
  bool has_owed_ = true;
  bool stopping_ = false;
  std::atomic<size_t> waiter_count_ = 0;
  std::thread thread_;

  std::map<int64_t, std::unique_ptr<Lane>> lanes_;
  int64_t marks_ = 0;
  uint64_t writes_ = 0;
  size_t writes_under_way_ = 0;
  size_t requests_under_way_ = 0;  // and those that wait for their mark
  // Rows whose newest state is not durable yet, by the write that has it.
  std::unordered_map<int64_t, uint64_t> pending_;
  std::deque<std::pair<uint64_t, Write>> failed_writes_;
  std::unordered_map<int64_t, std::vector<Waiter>> waiters_;
  base::Timestamp write_again_at_;
  base::Timestamp orders_at_;
  base::Timestamp measure_at_;
  base::Timestamp forget_at_;
  bool is_stopping_ = false;  // as the thread has seen it
};

}  // namespace millrace::outbox
