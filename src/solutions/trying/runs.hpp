// Long work in the background, on threads of its own: test runs, models that are trained or judged.
// Begun, looked at while it goes on, kept for a while afterwards.
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
#include "solutions/models/shelf.hpp"
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
// What a run does. As many of one sort go on at a time as its limit says.
enum class RunKind { tests, training, evaluation };
std::string_view to_string(RunKind kind);

struct RunState {
  std::string id;
  RunKind kind = RunKind::tests;
  std::string solution;
  base::Timestamp begun_at;
  bool is_done = false;
  size_t tests = 0;                     // all that are played
  std::vector<RunOutcome> outcomes;     // as they came
  std::vector<flow::Problem> problems;  // of the solution or its tests; then nothing was played
  json::object coverage;                // of one that is done: {nodes: [...], roads: [...], ...}
  std::vector<std::string> steps;       // of other work, those that have ended, as they came
  json::object result;                  // of it, when it is done and went well
};

// Thread-safe.
class Runs {
 public:
  // Models of drafts are taken from `shelf`, and kept there.
  Runs(base::Clock& clock, base::Random& random, Shelf& shelf)
      : clock_(clock), random_(random), shelf_(shelf) {}
  ~Runs() { stop(); }

  using Load = std::function<base::Result<Loaded>()>;
  struct Order {
    std::string solution;
    flow::Files tests;   // path to text, tests/NAME.test.yaml
    std::string filter;  // only tests whose name has this in it
    Load load;           // called on the run's own thread
  };
  // Other work: what it gives, or why it failed. Called on the run's own thread.
  using Work = std::function<base::Result<json::object>(const LongWork& work)>;
  // The run's id. resource_exhausted: too many go on.
  base::Result<std::string> begin(Order order);
  base::Result<std::string> begin(RunKind kind, std::string solution, Work work);
  // not_found: it never was, or is long over.
  base::Result<RunState> state(std::string_view id) const;
  // Waits for those that go on; tests that have not begun are not played, trainings are given up.
  void stop();

 private:
  static constexpr size_t kTestsAtOnceMax = 2;
  static constexpr size_t kModelsAtOnceMax = 1;  // trained or judged
  static constexpr size_t kStepsMax = 1'000;
  static constexpr size_t kKeptMax = 64;
  struct Run {
    RunState state;
    std::jthread thread;
  };
  base::Result<std::string> start(RunKind kind, std::string solution,
                                  std::function<void(Run*)> work);
  void play(Run* run, Order order);
  void do_work(Run* run, const Work& work);
  // What such work tells, and whether it is to go on.
  LongWork long_work(Run* run);

  base::Clock& clock_;
  base::Random& random_;
  Shelf& shelf_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<Run>> runs_;  // the latest last
  bool stopping_ = false;
};

}  // namespace millrace::solutions
