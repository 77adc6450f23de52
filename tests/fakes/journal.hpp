// A journal for tests that ask it nothing but how it is: it keeps no record. The simulation's
// (tests/simulation/world.hpp) keeps them, and loses what was not synced.
#pragma once

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "runtime/ports.hpp"

namespace millrace::fakes {

class Journal final : public runtime::Journal {
 public:
  void append(runtime::JournalRecord, Appended) override {}
  void read_tail(base::Id, size_t, ReadTail) override {}
  void read_at(base::Id, std::vector<int64_t>, Read) override {}
  void read_before(base::Id, int64_t, Page, Read) override {}
  base::Result<std::vector<runtime::DueConsumer>> due_consumers() override { return {}; }
  void park(runtime::ParkedChat) override {}
  base::Result<std::vector<runtime::ParkedChat>> parked_chats() override { return {}; }
  void probe(Probed done) override {
    ++probes;
    if (is_silent) {
      const std::lock_guard lock(mutex);
      kept.push_back(std::move(done));
    } else if (is_full) {
      done(base::fail(base::Code::unavailable, "no room"));
    } else {
      done({});
    }
  }
  std::atomic<int> probes{0};
  std::atomic<bool> is_full{false};
  std::atomic<bool> is_silent{false};
  std::mutex mutex;
  std::vector<Probed> kept;
};

}  // namespace millrace::fakes
