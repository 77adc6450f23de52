// Conversations that authors hold with drafts: in memory only, each its owner's alone, bounded in
// number and gone a quarter of an hour after they were last used.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/world.hpp"
#include "solutions/solutions.hpp"
#include "trial/talk.hpp"

namespace millrace::solutions {

struct TryLimits {
  int64_t idle_ms = 15 * 60'000;
  size_t of_owner = 4;  // the one used longest ago ends
  size_t all = 64;
};

// What a conversation is held with.
struct TrySubject {
  std::string solution;
  std::string workspace;
  std::shared_ptr<const Loaded> loaded;
  bool runs_actions = false;  // by whoever holds it, in the sandbox
};

class Try {
 public:
  Try(TrySubject with, trial::Talk held) : subject(std::move(with)), talk(std::move(held)) {}
  TrySubject subject;
  trial::Talk talk;
  std::mutex mutex;  // for whoever uses it
};

// Thread-safe.
class Tries {
 public:
  Tries(base::Clock& clock, base::Random& random, TryLimits limits = {})
      : clock_(clock), random_(random), limits_(limits) {}

  // Its id. resource_exhausted: there are as many as there may be, of others.
  base::Result<std::string> add(std::string_view owner, TrySubject subject, trial::Talk talk);
  // not_found: it never was, is over, or is another's.
  base::Result<std::shared_ptr<Try>> find(std::string_view owner, std::string_view id);
  base::Result<void> remove(std::string_view owner, std::string_view id);

 private:
  struct Entry {
    std::string id;
    std::string owner;
    base::Timestamp used_at;
    std::shared_ptr<Try> held;
  };
  void forget_idle();

  base::Clock& clock_;
  base::Random& random_;
  const TryLimits limits_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // the latest used first
};

}  // namespace millrace::solutions
