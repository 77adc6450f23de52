// Test runs in the background: begun, looked at while they go on, kept for a while afterwards.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.hpp"
#include "base/world.hpp"
#include "solutions/solutions.hpp"

namespace millrace::solutions {

struct RunOutcome {
  std::string name;
  std::string file;
  int line = 0;  // of the test; of the step that failed
  bool passed = false;
  std::string failure;
  std::string transcript;
};
struct RunState {
  std::string id;
  std::string solution;
  base::Timestamp begun_at;
  bool is_done = false;
  size_t tests = 0;                     // all that are played
  std::vector<RunOutcome> outcomes;     // as they came
  std::vector<flow::Problem> problems;  // of the solution or its tests; then nothing was played
  json::object coverage;                // of one that is done: {nodes: [...], roads: [...], ...}
};

// Thread-safe.
class Runs {
 public:
  Runs(base::Clock& clock, base::Random& random) : clock_(clock), random_(random) {}
  ~Runs() { stop(); }

  using Load = std::function<base::Result<Loaded>()>;
  struct Order {
    std::string solution;
    flow::Files tests;   // path to text, tests/NAME.test.yaml
    std::string filter;  // only tests whose name has this in it
    Load load;           // called on the run's own thread
  };
  // Its id. resource_exhausted: too many go on.
  base::Result<std::string> begin(Order order);
  // not_found: it never was, or is long over.
  base::Result<RunState> state(std::string_view id) const;
  // Waits for those that go on; those that have not begun to play do not.
  void stop();

 private:
  static constexpr size_t kAtOnceMax = 2;
  static constexpr size_t kKeptMax = 64;
  struct Run {
    RunState state;
    std::jthread thread;
  };
  void play(Run* run, Order order);

  base::Clock& clock_;
  base::Random& random_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<Run>> runs_;  // the latest last
  bool stopping_ = false;
};

}  // namespace millrace::solutions
