// The heart alone: runtime, engine and journal, without a network. People who talk through the
// six-question form, each waiting for the answer before the next word, every turn synced before
// its answer. heart_bench FOLDER [people=64] [seconds=5] [solution=examples/signup] [lanes=1].
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <latch>
#include <random>

#include "bench/measure.hpp"
#include "delivery/braze/kind.hpp"
#include "lanes/lanes.hpp"
#include "runtime/runtime.hpp"
#include "solutions/folder.hpp"
#include "storage/at_rest/at_rest.hpp"
#include "storage/storage.hpp"
#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"

using namespace millrace;

namespace {

using Steady = std::chrono::steady_clock;

constexpr const char* kWords[] = {
    "hi", "Ada", "Lovelace", "not-an-email", "ada@example.com", "1990-12-10", "London", "Linux"};

class NoActions final : public runtime::Actions {
 public:
  void call(runtime::ActionCall, Done done) override {
    done({.kind = runtime::CallOutcome::refused, .result = {}, .message = {}, .trace = {}});
  }
};

// What is owed has arrived as soon as somebody asks.
class AtOnce final : public runtime::Deliveries {
 public:
  void owed(base::Id, size_t) override {}
  void when_settled(std::string, Done done) override { done({{"outcome", "delivered"}}); }
};

struct Person {
  base::Id id;
  int said = 0;
  int talk = 0;
  Steady::time_point asked_at;
  std::vector<double> milliseconds;
};

class Crowd {
 public:
  Crowd(runtime::Runtime& runtime, base::Id app, int people) : runtime_(runtime), app_(app) {
    people_.resize(static_cast<size_t>(people));
  }

  // Turns taken until `end`.
  size_t talk_until(Steady::time_point end) {
    end_ = end;
    turns_ = 0;
    std::latch all(static_cast<std::ptrdiff_t>(people_.size()));
    ended_ = &all;
    for (Person& person : people_) {
      person.milliseconds.clear();
      say(person);
    }
    all.wait();
    return turns_;
  }
  size_t failed() const { return failed_; }
  std::vector<double> latencies() const {
    std::vector<double> all;
    for (const Person& person : people_) {
      all.insert(all.end(), person.milliseconds.begin(), person.milliseconds.end());
    }
    std::ranges::sort(all);
    return all;
  }

 private:
  void say(Person& person) {
    if (person.said == 0) {
      person.id = base::Id::derived(
          "bench", std::to_string(&person - people_.data()) + ":" + std::to_string(person.talk++));
    }
    runtime::SayRequest request{.consumer = person.id,
                                .chat = std::nullopt,
                                .begin = runtime::SessionRequest{app_, "en", {}},
                                .input_id = std::to_string(person.said),
                                .text = kWords[person.said]};
    person.asked_at = Steady::now();
    runtime_.converse(std::move(request), [this, &person](base::Result<runtime::Answer> answer) {
      heard(person, answer);
    });
  }

  void heard(Person& person, const base::Result<runtime::Answer>& answer) {
    const auto now = Steady::now();
    if (!answer || answer->messages.empty()) ++failed_;
    person.milliseconds.push_back(
        std::chrono::duration<double, std::milli>(now - person.asked_at).count());
    person.said = (person.said + 1) % static_cast<int>(std::size(kWords));
    ++turns_;
    if (now >= end_) {
      ended_->count_down();
    } else {
      say(person);
    }
  }

  runtime::Runtime& runtime_;
  const base::Id app_;
  std::vector<Person> people_;
  Steady::time_point end_;
  std::atomic<size_t> turns_ = 0;
  std::atomic<size_t> failed_ = 0;
  std::latch* ended_ = nullptr;
};

std::shared_ptr<const flow::Program> load(const std::string& folder) {
  const auto files = solutions::read_folder(folder);
  if (!files) {
    std::cerr << files.error().describe() << "\n";
    return nullptr;
  }
  static const delivery::Kind* const kinds[] = {&delivery::braze::kind()};
  flow::AppFacts facts{{"Bench"}, {{"sandbox", {"braze_url", "braze_api_key"}}}, {}};
  facts.kinds = kinds;
  auto compiled = flow::compile(*files, facts);
  for (const flow::Problem& problem : compiled.problems) std::cerr << problem.describe() << "\n";
  if (!compiled.program) return nullptr;
  return std::make_shared<flow::Program>(std::move(*compiled.program));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "heart_bench FOLDER [people=64] [seconds=5] [solution=examples/signup] [lanes=1] "
                 "[encrypted]\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const int people = argc > 2 ? std::atoi(argv[2]) : 64;
  const double seconds = argc > 3 ? std::atof(argv[3]) : 5;
  const auto program = load(argc > 4 ? argv[4] : "examples/signup");
  if (!program) return 1;
  std::filesystem::create_directories(folder);
  bench::ShownLog log;
  const bool is_encrypted = argc > 6;
  if (is_encrypted) {
    const auto opened = storage::unlock_folder(folder, storage::DataKey(std::string(32, 'k')),
                                               storage::Beginning::allowed);
    if (!opened) {
      std::cerr << opened.error().describe() << "\n";
      return 1;
    }
  }
  auto journal = storage::open_journal(folder / "journal.db", log);
  if (!journal) {
    std::cerr << journal.error().describe() << "\n";
    return 1;
  }
  fakes::WallClock clock;
  fakes::SeededChance random{std::random_device()()};
  NoActions actions;
  AtOnce deliveries;
  runtime::Solutions solutions;
  solutions.deploy(runtime::make_solution(program));
  auto lanes = lanes::IoLanes::make(argc > 5 ? static_cast<size_t>(std::atoi(argv[5])) : 1);
  runtime::Runtime runtime(
      {*lanes, clock, random, **journal, actions, deliveries, log, std::string(32, 'k'), "sandbox"},
      solutions);
  if (auto recovered = runtime.recover(); !recovered) {
    std::cerr << recovered.error().describe() << "\n";
    return 1;
  }
  lanes->start();
  Crowd crowd(runtime, solutions.fallback()->app_id, people);
  using std::chrono::milliseconds;
  crowd.talk_until(Steady::now() + milliseconds(500));
  const double before = bench::cpu_seconds();
  const auto began = Steady::now();
  const size_t turns =
      crowd.talk_until(began + milliseconds(static_cast<int64_t>(seconds * 1'000)));
  const double wall = std::chrono::duration<double>(Steady::now() - began).count();
  const double cpu = bench::cpu_seconds() - before;
  const auto latencies = crowd.latencies();
  const auto at = [&](double share) {
    return latencies[static_cast<size_t>(share * static_cast<double>(latencies.size() - 1))];
  };
  std::printf(
      "people %d%s: %.0f turns per CPU-second, %.0f turns/s, p50 %.2f ms, p99 %.2f ms, failed "
      "%zu\n",
      people, is_encrypted ? ", encrypted at rest" : "", static_cast<double>(turns) / cpu,
      static_cast<double>(turns) / wall, at(0.5), at(0.99), crowd.failed());
  lanes->stop();
  return crowd.failed() == 0 ? 0 : 1;
}
