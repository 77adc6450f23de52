// Takes out of the journal what is past the retention of its solution (solution.yaml: retention):
// chats that are over for long, and people who have been quiet for long.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/meter.hpp"
#include "base/world.hpp"
#include "runtime/archive.hpp"
#include "runtime/retirement.hpp"
#include "runtime/runtime.hpp"

namespace millrace::app {

class RetentionSweep {
 public:
  struct Ports {
    std::filesystem::path data;
    runtime::Retirements& journal;
    runtime::Runtime& runtime;
    const runtime::Solutions& solutions;
    base::Clock& clock;
    base::Log& log;
    base::Meter& meter;
    std::string seal_key;
  };
  struct Swept {
    size_t people = 0;       // ids of whom nothing is kept any more
    size_t chats = 0;        // of people who go on, that are gone
    size_t transcripts = 0;  // of which only what the chat knows is left
  };

  explicit RetentionSweep(Ports ports) : ports_(std::move(ports)) {}
  // As stop().
  ~RetentionSweep();

  // One pass over the chats whose last turn is old enough; blocks. Errors: the journal cannot be
  // read, or written.
  base::Result<Swept> sweep();
  // Sweeps at once, and then every few hours, on a thread of its own.
  void start();
  // Ends the thread after the chat it is at. Before the lanes and the journal are stopped.
  void stop();

 private:
  void work();
  bool is_stopping();
  // Chats come the latest first: `cleared` are those whose older chats went with one before.
  base::Result<void> look_at(runtime::Archive& archive, const runtime::ChatEntry& chat,
                             std::set<base::Id>& cleared, Swept& swept);
  base::Result<runtime::Retired> retire(const runtime::Retirement& what);

  const Ports ports_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::app
