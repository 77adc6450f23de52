// What was accepted and shall not be seen at once (reference: users-track.md 9): kept as it came,
// applied when its time has come, also after a restart.
#pragma once

#include <mutex>
#include <string>

#include "braze/braze.hpp"
#include "braze/front/endpoint.hpp"

namespace millrace::braze {

class Later {
 public:
  // `mutex` is the one over the world.
  Later(World& world, std::mutex& mutex, const SandboxOptions& options, base::Clock& clock,
        base::Lanes& lanes, base::Random& random)
      : world_(world),
        mutex_(mutex),
        options_(options),
        clock_(clock),
        lanes_(lanes),
        random_(random) {}

  // Keeps it with the commit that follows, and applies it 2 to 8 s from now. Under the lock.
  void put(const web::Request& request, const json::object& body, base::Timestamp now);
  // Applies, in their order, those of before.
  void take_up();

 private:
  void apply(const std::string& key, const json::object& kept);

  World& world_;
  std::mutex& mutex_;
  const SandboxOptions& options_;
  base::Clock& clock_;
  base::Lanes& lanes_;
  base::Random& random_;
  uint64_t count_ = 0;
};

}  // namespace millrace::braze
