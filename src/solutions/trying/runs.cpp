#include "solutions/trying/runs.hpp"

#include <algorithm>
#include <array>

#include "base/enum_names.hpp"
#include "base/hash.hpp"
#include "posix/threads.hpp"
#include "trial/talk.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
using base::fail;

constexpr auto kKinds = base::enum_names<RunKind>("kind of run", "tests", "training", "evaluation");

// What no test came along, which is less than what some did.
json::object shown(const trial::Coverage& coverage) {
  json::array nodes;
  json::array roads;
  for (const auto& [id, number] : coverage.program().by_id) {
    const flow::Node* node = coverage.program().find(number);
    if (node == nullptr || node->id != id) continue;
    if (!coverage.has_node(number)) nodes.emplace_back(id);
    for (const flow::Outgoing& road : flow::roads_of(*node)) {
      if (coverage.has_road({number, road.kind, road.index})) continue;
      const flow::Node* to = coverage.program().find(road.target);
      roads.emplace_back(json::object{{"from", id},
                                      {"to", to == nullptr ? "" : to->id},
                                      {"kind", trial::road_word(road.kind)},
                                      {"label", road.label}});
    }
  }
  return {{"percent", coverage.percent()},
          {"nodes", json::object{{"all", coverage.nodes_all()}, {"seen", coverage.nodes_seen()}}},
          {"roads", json::object{{"all", coverage.roads_all()}, {"seen", coverage.roads_seen()}}},
          {"missed_nodes", std::move(nodes)},
          {"missed_roads", std::move(roads)}};
}

}  // namespace

std::string_view to_string(RunKind kind) {
  return kKinds(kind);
}

base::Result<std::string> Runs::start(RunKind kind, std::string solution,
                                      std::function<void(Run*)> work) {
  std::array<uint8_t, 18> chance{};
  random_.fill(chance);
  auto run = std::make_shared<Run>();
  run->state.id = base::to_base64url({reinterpret_cast<const char*>(chance.data()), chance.size()});
  run->state.kind = kind;
  run->state.solution = std::move(solution);
  run->state.begun_at = clock_.now();
  const std::lock_guard lock(mutex_);
  const bool are_tests = kind == RunKind::tests;
  const auto going = std::ranges::count_if(runs_, [&](const auto& each) {
    return !each->state.is_done && (each->state.kind == RunKind::tests) == are_tests;
  });
  const size_t most = are_tests ? kTestsAtOnceMax : kModelsAtOnceMax;
  if (stopping_ || going >= static_cast<std::ptrdiff_t>(most)) {
    return fail(Code::resource_exhausted, are_tests ? "tests are being run already; ask again"
                                                    : "a model is being made already; ask again");
  }
  while (runs_.size() >= kKeptMax) {
    const auto over =
        std::ranges::find_if(runs_, [](const auto& each) { return each->state.is_done; });
    if (over == runs_.end()) break;
    runs_.erase(over);
  }
  runs_.push_back(run);
  // It holds the run by itself: the thread ends before `stop` returns.
  run->thread =
      posix::named_thread<std::jthread>(are_tests ? "test-run" : "model-run",
                                        [run = run.get(), work = std::move(work)] { work(run); });
  return run->state.id;
}

base::Result<std::string> Runs::begin(Order order) {
  std::string solution = order.solution;
  return start(RunKind::tests, std::move(solution),
               [this, order = std::move(order)](Run* run) mutable { play(run, std::move(order)); });
}

base::Result<std::string> Runs::begin(RunKind kind, std::string solution, Work work) {
  return start(kind, std::move(solution),
               [this, work = std::move(work)](Run* run) { do_work(run, work); });
}

LongWork Runs::long_work(Run* run) {
  return {.step =
              [this, run](std::string_view step) {
                const std::lock_guard lock(mutex_);
                if (run->state.steps.size() < kStepsMax) run->state.steps.emplace_back(step);
              },
          .is_given_up =
              [this] {
                const std::lock_guard lock(mutex_);
                return stopping_;
              }};
}

void Runs::do_work(Run* run, const Work& work) {
  auto result = work(long_work(run));
  const std::lock_guard lock(mutex_);
  if (result) {
    run->state.result = std::move(*result);
  } else {
    run->state.problems.push_back({.code = std::string(base::to_string(result.error().code)),
                                   .message = result.error().describe()});
  }
  run->state.is_done = true;
}

void Runs::play(Run* run, Order order) {
  auto loaded = order.load();
  std::vector<trial::TestFile> files;
  std::vector<flow::Problem> problems;
  if (!loaded) {
    problems.push_back({.code = std::string(base::to_string(loaded.error().code)),
                        .message = loaded.error().describe()});
  } else if (!loaded->program) {
    problems = loaded->problems;
  } else {
    for (const auto& [path, text] : order.tests) {
      files.push_back(trial::read_tests(path, text));
      const auto& found = files.back().problems;
      problems.insert(problems.end(), found.begin(), found.end());
    }
  }
  std::vector<const trial::Test*> tests;
  for (const trial::TestFile& file : files) {
    for (const trial::Test& test : file.tests) {
      if (problems.empty() && test.name.contains(order.filter)) tests.push_back(&test);
    }
  }
  {
    const std::lock_guard lock(mutex_);
    run->state.tests = tests.size();
    run->state.problems = std::move(problems);
  }
  json::object coverage;
  if (loaded && loaded->program) {
    trial::Coverage all(*loaded->program);
    LongWork training = long_work(run);
    training.step = {};
    const auto reader = reader_of_draft(shelf_, *loaded, training);
    for (const trial::Test* test : tests) {
      auto outcome = trial::run(*loaded->program, *test, all, reader ? reader->get() : nullptr);
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
      run->state.outcomes.push_back({test->name, test->file,
                                     outcome.passed ? test->line : outcome.line, outcome.passed,
                                     std::move(outcome.failure), std::move(outcome.transcript)});
    }
    coverage = shown(all);
  }
  const std::lock_guard lock(mutex_);
  run->state.coverage = std::move(coverage);
  run->state.is_done = true;
}

base::Result<RunState> Runs::state(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::ranges::find_if(runs_, [&](const auto& each) { return each->state.id == id; });
  if (found == runs_.end()) return fail(Code::not_found, "there is no such run");
  return (*found)->state;
}

void Runs::stop() {
  std::deque<std::shared_ptr<Run>> all;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    all.swap(runs_);
  }
  all.clear();  // joins
}

}  // namespace millrace::solutions
