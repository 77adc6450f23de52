// What was accepted and shall not be seen at once (reference: users-track.md 9): kept as it came,
// applied when its time has come, also after a restart. It is applied in the order in which it
// came, so that what depends on something earlier finds it.
#pragma once

#include <deque>
#include <mutex>
#include <string>

#include "braze/braze.hpp"
#include "braze/front/endpoint.hpp"
#include "braze/front/request_log.hpp"

namespace millrace::braze {

class Later {
 public:
  // `mutex` is the one over the world. What is found out when something is applied, for example
  // that it found nobody, goes to `requests`: its answer was given long before.
  Later(World& world, std::mutex& mutex, const SandboxOptions& options, base::Clock& clock,
        base::Lanes& lanes, base::Random& random, RequestLog& requests)
      : world_(world),
        mutex_(mutex),
        options_(options),
        clock_(clock),
        lanes_(lanes),
        random_(random),
        requests_(requests) {}

  // Keeps it with the commit that follows, and applies it 2 to 8 s from now, never before what came
  // before it. Under the lock.
  void put(const web::Request& request, const json::object& body, base::Timestamp now);
  // Applies, in their order, those of before.
  void take_up();

 private:
  struct Waiting {
    uint64_t number = 0;
    base::Timestamp due;
    std::string key;  // of its row
    json::object kept;
  };
  // All up to that one.
  void apply_to(uint64_t number);
  // False when it could not be: it stays, and is applied with the next one, or after a restart.
  bool apply(const std::string& key, const json::object& kept);
  void note(const json::object& kept, const Diagnostics& found, base::Timestamp now);

  World& world_;
  std::mutex& mutex_;
  const SandboxOptions& options_;
  base::Clock& clock_;
  base::Lanes& lanes_;
  base::Random& random_;
  RequestLog& requests_;
  std::deque<Waiting> waiting_;  // in the order in which they came
  uint64_t count_ = 0;
};

}  // namespace millrace::braze
