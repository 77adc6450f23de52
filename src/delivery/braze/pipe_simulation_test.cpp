// The pipe against a target with faults, seeded: whatever happens, every accepted attribute is
// right, every event is there at least once, twice only where that is flagged, in each user's
// order. And an outage of ten minutes on a simulated clock. MILLRACE_SEED=n has one seed again,
// MILLRACE_SEEDS=n tries more of them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/support/braze_pipe.hpp"

namespace millrace::delivery::braze {
namespace {

using Fault = ModelBraze::Fault;

int from_environment(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoi(value);
}

// One run: users with attributes and events, crashes, faults at random.
class FaultyRun {
 public:
  explicit FaultyRun(uint64_t seed) : dice_{seed} {
    rules_.flights_max = 1 + static_cast<int>(roll(4));
    limits_.objects_max = 2 + roll(20);
    rules_.ambiguous = roll(2) == 0 ? Ambiguous::hold : Ambiguous::resend;
    rules_.window_max = 40;
    braze_.objects_max = limits_.objects_max;
    rows_.resize(1);
    for (int64_t id = 1; id <= 300; ++id) rows_.push_back(make(id));
    states_.resize(rows_.size());
  }

  void play() {
    restart();
    int steps = 0;
    while (!is_done() && ++steps < 100'000) step(steps < 3'000);
    ASSERT_TRUE(is_done()) << "did not come to an end";
    check();
  }

 private:
  uint64_t roll(uint64_t sides) { return dice_() % sides; }

  Row make(int64_t id) {
    const std::string user = "u" + std::to_string(roll(12));
    const std::string n = std::to_string(id);
    switch (roll(6)) {
      case 0:
      case 1: {
        const std::string name = "a" + std::to_string(roll(3));
        return attribute(id, user, name, static_cast<int>(roll(3)));
      }
      case 2: return event(id, user, roll(10) == 0 ? "bad" + n : "e" + n);
      case 3:
        return track(id, user,
                     R"("attributes":{"count":{"inc":1}},"events":[{"name":"e)" + n +
                         R"(","time":"t"},{"name":"f)" + n + R"(","time":"t"}])");
      case 4:
        return track(
            id, user,
            R"("attributes":{"a0":)" + n + R"(},"purchases":[{"product_id":"p","time":"t"}])");
      default: return event(id, user, "e" + n);
    }
  }

  // As after a crash: what is not on record is forgotten, what is marked may have happened.
  void restart() {
    pipe_ = std::make_unique<Pipe>(rules_, std::make_unique<BrazeCodec>(limits_));
    (void)pipe_->set({{"api_key", {"K"}}});
    under_way_.clear();
    std::map<int64_t, std::vector<ObjectRef>> by_row;
    for (const auto& [mark, objects] : std::exchange(marks_, {})) {
      for (const ObjectRef& ref : objects) by_row[ref.row].push_back(ref);
    }
    for (const auto& [row, refs] : by_row) {
      if (states_[static_cast<size_t>(row)] != State::waiting) continue;
      pipe_->suppose_sent(rows_[static_cast<size_t>(row)], refs);
      keep();
    }
    cursor_ = 0;
  }

  void keep() {
    for (RowUpdate& update : pipe_->take_effects().updates) {
      rows_[static_cast<size_t>(update.id)].progress = std::move(update.progress);
      states_[static_cast<size_t>(update.id)] = update.state;
    }
  }

  void load() {
    const auto last = static_cast<int64_t>(rows_.size()) - 1;
    while (pipe_->wants_rows() && cursor_ < last) {
      const auto place = static_cast<size_t>(++cursor_);
      if (states_[place] == State::waiting) pipe_->add(rows_[place]);
    }
  }

  void step(bool is_rough) {
    load();
    while (auto sending = pipe_->next(now_)) {
      keep();
      marks_[sending->number] = sending->counting;
      under_way_.push_back(std::move(*sending));
    }
    keep();
    if (is_rough && roll(150) == 0) {
      // Some of what was under way arrives all the same.
      for (const Sending& lost : under_way_) {
        if (roll(2) == 0) (void)braze_.answer(lost.url, lost.body, Fault::reset_after, "K");
      }
      return restart();
    }
    if (!under_way_.empty()) return answer_one(is_rough);
    const auto wake = pipe_->wake_at(now_);
    if (wake != Pipe::kNever) now_.ms = std::max(now_.ms + 1, wake.ms);
  }

  void answer_one(bool is_rough) {
    const auto place = under_way_.begin() + static_cast<int64_t>(roll(under_way_.size()));
    const Sending sending = std::move(*place);
    under_way_.erase(place);
    const auto faults = static_cast<uint64_t>(Fault::count);
    auto fault = is_rough && roll(2) == 0 ? static_cast<Fault>(roll(faults)) : Fault::none;
    // What the target refuses for no reason is a dead letter, and no test of loss.
    if (fault == Fault::bad_request || fault == Fault::too_large_html) fault = Fault::none;
    const auto answer = braze_.answer(sending.url, sending.body, fault, "K");
    pipe_->answered(sending.number, answer, now_, dice_());
    marks_.erase(sending.number);
    keep();
  }

  bool is_done() const {
    return std::none_of(states_.begin() + 1, states_.end(),
                        [](State state) { return state == State::waiting; });
  }

  void check() {
    std::map<std::string, std::map<std::string, json::value>> wanted;
    for (size_t i = 1; i < rows_.size(); ++i) {
      SCOPED_TRACE("row " + std::to_string(i) + " " + rows_[i].body + " " + rows_[i].progress);
      const auto parcel = read_parcel(rows_[i]);
      const auto progress = read_progress(rows_[i].progress, parcel->objects.size());
      for (size_t n = 0; n < parcel->objects.size(); ++n) {
        const Object& object = parcel->objects[n];
        if (object.array == static_cast<int>(Array::attributes)) {
          for (const auto& [name, value] : object.fields) {
            if (!is_counting(value)) wanted[user_of(i)][name] = value;
          }
        } else {
          check_event(i, n, object, progress.objects[n]);
        }
      }
    }
    for (const auto& [user, attributes] : wanted) {
      for (const auto& [name, value] : attributes) {
        EXPECT_EQ(json::serialize(braze_.attributes[user][name]), json::serialize(value))
            << user << " " << name;
      }
    }
    check_order();
  }

  std::string user_of(size_t row) const {
    return std::string(
        json::parse_object(rows_[row].body)->at("user").at("external_id").as_string());
  }

  void check_event(size_t row, size_t n, const Object& object, const ObjectProgress& progress) {
    const int times = braze_.by_delivery_id[rows_[row].key + "#" + std::to_string(n)];
    const Fate fate = states_[row] == State::delivered ? Fate::delivered : progress.fate;
    if (object.text.contains("\"bad")) {
      EXPECT_EQ(times, 0);
      return;
    }
    EXPECT_TRUE(fate == Fate::delivered || fate == Fate::unknown);
    if (fate == Fate::delivered || rules_.ambiguous == Ambiguous::resend) EXPECT_GE(times, 1);
    if (times > 1) EXPECT_TRUE(progress.may_be_twice);
  }

  // The first time that each of a user's events was seen comes in the order of the rows.
  void check_order() {
    for (const auto& [user, names] : braze_.events) {
      int64_t last = 0;
      std::set<std::string> seen;
      for (const std::string& name : names) {
        if (name[0] != 'e' || !seen.insert(name).second) continue;
        const int64_t id = std::stoll(name.substr(1));
        EXPECT_GT(id, last) << user;
        last = id;
      }
    }
  }

  Dice dice_;
  Rules rules_;
  Limits limits_;
  ModelBraze braze_;
  std::unique_ptr<Pipe> pipe_;
  std::vector<Row> rows_;  // by id
  std::vector<State> states_;
  std::vector<Sending> under_way_;
  std::map<uint64_t, std::vector<ObjectRef>> marks_;
  int64_t cursor_ = 0;
  base::Timestamp now_{1'700'000'000'000};
};

TEST(DeliverySimulation, LosesNothingWhateverTheTargetDoes) {
  const int only = from_environment("MILLRACE_SEED", 0);
  const int seeds = only != 0 ? 1 : from_environment("MILLRACE_SEEDS", 60);
  for (int i = 0; i < seeds && !testing::Test::HasFailure(); ++i) {
    const auto seed = static_cast<uint64_t>(only != 0 ? only : i + 1);
    SCOPED_TRACE("MILLRACE_SEED=" + std::to_string(seed));
    FaultyRun(seed).play();
  }
}

// So many deliveries wait when the target comes back; each request takes 50 ms.
struct Outage {
  static constexpr int64_t kRows = 100'000;
  static constexpr int64_t kOutageMs = 600'000;
  static constexpr int64_t kRequestMs = 50;

  explicit Outage(uint64_t seed) : dice{seed} {}

  void play() {
    while (bench.pipe.rows() > 0 || next_row <= kRows) {
      while (bench.pipe.wants_rows() && next_row <= kRows) {
        bench.pipe.add(event(next_row, "u" + std::to_string(next_row), "e"));
        ++next_row;
      }
      while (auto sending = bench.pipe.next(bench.now)) {
        ++requests;
        under_way.emplace(bench.now.ms + kRequestMs, std::move(*sending));
        if (bench.pipe.is_away()) {
          most_while_away = std::max(most_while_away, under_way.size());
        }
      }
      bench.pipe.take_effects();
      const int64_t wake = bench.pipe.wake_at(bench.now).ms;
      const int64_t end = under_way.empty() ? wake : std::min(wake, under_way.begin()->first);
      ASSERT_NE(end, Pipe::kNever.ms);
      bench.now.ms = std::max(bench.now.ms, end);
      while (!under_way.empty() && under_way.begin()->first <= bench.now.ms) answer_one();
    }
  }

  void answer_one() {
    const Sending sending = std::move(under_way.begin()->second);
    under_way.erase(under_way.begin());
    const auto fault = bench.now.ms - began >= kOutageMs ? Fault::none
                       : dice() % 2 == 0                 ? Fault::not_sent
                                                         : Fault::unavailable_empty;
    const auto answer = bench.braze.answer(sending.url, sending.body, fault, "K");
    bench.pipe.answered(sending.number, answer, bench.now, dice());
  }

  Dice dice;
  PipeBench bench;
  const int64_t began = bench.now.ms;
  std::multimap<int64_t, Sending> under_way;
  int64_t next_row = 1;
  int64_t requests = 0;
  size_t most_while_away = 0;
};

TEST(DeliverySimulation, AfterTenMinutesOutageEverythingIsNormalWithin30Seconds) {
  const auto seeds = static_cast<uint64_t>(from_environment("MILLRACE_SEEDS", 1));
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(seed);
    Outage outage(seed);
    outage.play();
    const int64_t minimum = (Outage::kRows + 74) / 75;
    const int64_t normal_after = outage.bench.now.ms - outage.began - Outage::kOutageMs;
    EXPECT_LE(normal_after, 30'000);
    EXPECT_LE(outage.requests * 10, minimum * 11);
    EXPECT_EQ(outage.most_while_away, 1u);
    EXPECT_EQ(outage.bench.braze.by_delivery_id.size(), static_cast<size_t>(Outage::kRows));
    std::cout << "seed " << seed << ": normal after " << normal_after << " ms, " << outage.requests
              << " requests (minimum " << minimum << ")\n";
  }
}

}  // namespace
}  // namespace millrace::delivery::braze
