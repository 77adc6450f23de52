// The sandbox's keeping over disks that are slow, full or gone at any moment, by seed: what was
// answered is there, what one request did is there whole or not at all, and nothing is there twice.
// MILLRACE_SEED plays one seed, MILLRACE_SEEDS so many.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <random>

#include "tests/support/braze_sandbox.hpp"

namespace millrace::braze {
namespace {

int from_environment(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoi(value);
}

// Every request counts the same in two profiles, and an event in a third.
class StoreRun {
 public:
  explicit StoreRun(uint64_t seed) : dice_(seed), bench_(options()) {
    bench_.store.holds = bench_.log.holds = true;
    bench_.log.keeps_dropped = dice_() % 2 == 0;
  }

  void play() {
    for (int step = 0; step < 400 && !testing::Test::HasFailure(); ++step) {
      switch (dice_() % 12) {
        case 0: crash(); break;
        case 1: fail(); break;
        case 2: bench_.store.release(dice_() % 4); break;
        case 3:
        case 4: bench_.log.release(dice_() % 4); break;
        case 5: release_all(); break;
        case 6: rename(); break;
        default: count(); break;
      }
    }
    release_all();
    crash();
  }

 private:
  static constexpr int kPairs = 12;
  struct Pair {
    int64_t answered = 0;  // requests that got a 201
    int64_t sent = 0;      // those, and those of which nobody knows
    bool is_renamed = false;
    std::vector<std::shared_ptr<Answer>> open;
  };

  static SandboxOptions options() {
    SandboxOptions options;
    options.store.log_bytes_max = 4'000;
    options.store.memory_bytes_max = 24'000;
    return options;
  }

  std::string first_of(int i) const {
    return (pairs_[static_cast<size_t>(i)].is_renamed ? "renamed" : "first") + std::to_string(i);
  }

  void count() {
    const int i = static_cast<int>(dice_() % kPairs);
    Pair& pair = pairs_[static_cast<size_t>(i)];
    const std::string n = std::to_string(i);
    const std::string body = R"({"attributes":[{"external_id":")" + first_of(i) +
                             R"(","n":{"inc":1}},)" + R"({"external_id":"second)" + n +
                             R"(","n":{"inc":1}}],)" + R"("events":[{"external_id":"third)" + n +
                             R"(","name":"e","time":"2026-01-01T00:00:00Z"}]})";
    pair.open.push_back(bench_.send(Bench::request("/users/track", body)));
    ++pair.sent;
    take_answers();
  }

  // Carried out with everything durable, so that what follows knows the name.
  void rename() {
    release_all();
    const int i = static_cast<int>(dice_() % kPairs);
    Pair& pair = pairs_[static_cast<size_t>(i)];
    if (pair.is_renamed || pair.answered == 0) return;
    const auto answer = bench_.send(Bench::request(
        "/users/external_ids/rename", R"({"external_id_renames":[{"current_external_id":"first)" +
                                          std::to_string(i) + R"(","new_external_id":"renamed)" +
                                          std::to_string(i) + R"("}]})"));
    release_all();
    pair.is_renamed = answer->status == 201;
    EXPECT_TRUE(pair.is_renamed) << answer->body;
  }

  void take_answers() {
    for (Pair& pair : pairs_) {
      std::erase_if(pair.open, [&](const std::shared_ptr<Answer>& answer) {
        if (answer->status == 201) ++pair.answered;
        if (answer->status >= 500) --pair.sent;
        return answer->status != 0;
      });
    }
  }

  void release_all() {
    while (bench_.log.waiting() + bench_.store.waiting() > 0) {
      bench_.log.release();
      bench_.store.release();
    }
    take_answers();
  }

  // One disk or the other refuses what waits.
  void fail() {
    std::atomic<bool>& fails = dice_() % 2 == 0 ? bench_.log.fails : bench_.store.fails;
    fails = true;
    release_all();
    fails = false;
    read_again();
    release_all();
  }

  // Whoever reads everything again waits for the rows that it writes meanwhile, which a real disk
  // ends by itself.
  void read_again() {
    bench_.store.holds = false;
    count();
    bench_.store.holds = true;
  }

  void crash() {
    take_answers();
    bench_.log.lose_what_waits();
    bench_.store.lose_what_waits();
    SandboxOptions fresh = options();
    fresh.keys = {{"K", {"*"}, "main"}};
    bench_.store.holds = false;  // see read_again()
    bench_.sandbox = std::make_unique<Sandbox>(bench_.store, bench_.log, bench_.clock, bench_.lanes,
                                               bench_.random, std::move(fresh));
    bench_.store.holds = true;
    for (int i = 0; i < kPairs; ++i) check(i);
  }

  void check(int i) {
    Pair& pair = pairs_[static_cast<size_t>(i)];
    const int64_t first = counted(first_of(i));
    EXPECT_EQ(first, counted("second" + std::to_string(i))) << "half of a request, pair " << i;
    EXPECT_EQ(first, events("third" + std::to_string(i))) << "half of a request, pair " << i;
    EXPECT_GE(first, pair.answered) << "lost, pair " << i;
    EXPECT_LE(first, pair.sent) << "twice, pair " << i;
    pair = {first, first, pair.is_renamed, {}};
  }

  int64_t counted(const std::string& user) {
    const std::string n = bench_.profile(user).empty() ? "absent" : bench_.custom(user, "n");
    return n == "absent" ? 0 : std::stoll(n);
  }
  int64_t events(const std::string& user) {
    const auto profile = bench_.profile(user);
    const auto* tallies = json::get_array(profile, "custom_events");
    if (tallies == nullptr || tallies->empty()) return 0;
    return tallies->front().at("count").to_number<int64_t>();
  }

  std::mt19937_64 dice_;
  Bench bench_;
  std::array<Pair, kPairs> pairs_;
};

TEST(BrazeStoreSimulation, LosesNothingAndHalvesNothingWhateverTheDisksDo) {
  const int only = from_environment("MILLRACE_SEED", 0);
  const int seeds = only != 0 ? 1 : from_environment("MILLRACE_SEEDS", 15);
  for (int i = 0; i < seeds && !testing::Test::HasFailure(); ++i) {
    const auto seed = static_cast<uint64_t>(only != 0 ? only : i + 1);
    SCOPED_TRACE("MILLRACE_SEED=" + std::to_string(seed));
    StoreRun(seed).play();
  }
}

}  // namespace
}  // namespace millrace::braze
