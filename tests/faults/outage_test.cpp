// Fifty people talk to the real runtime over the real journal, and three times the disk is full, or
// its syncs fail. Nobody hears another's words, nothing that was acknowledged is lost, every
// message is answered once, and when there is space again everybody is served at once.
// MILLRACE_OUTAGES=n plays n seeds, MILLRACE_SEED=n begins at that one.
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <thread>

#include "flow/flow.hpp"
#include "runtime/runtime.hpp"
#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/deliveries.hpp"
#include "tests/fakes/runner.hpp"
#include "tests/faults/disk.hpp"
#include "tests/faults/stores.hpp"

namespace millrace::faults {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPeople = 50;
constexpr int kOutages = 3;
constexpr std::chrono::milliseconds kServedWithin{1'500};
constexpr std::chrono::seconds kPatience{60};  // of the test: for what would never come

// Two threads, each with its queue. What is to run later runs never: the tests' chats have no
// timers, and sweeping does not matter here.
class Threads final : public base::Lanes {
 public:
  Threads() {
    for (Lane& lane : lanes_) lane.thread = std::thread([&lane] { run(lane); });
  }
  ~Threads() override {
    for (Lane& lane : lanes_) {
      {
        const std::lock_guard lock(lane.mutex);
        lane.is_over = true;
      }
      lane.changed.notify_all();
      lane.thread.join();
    }
  }
  size_t count() const override { return std::size(lanes_); }
  void run_on(size_t at, base::Task task) override {
    Lane& lane = lanes_[at];
    if (std::this_thread::get_id() == lane.thread.get_id()) {
      task();
      return;
    }
    post(at, std::move(task));
  }
  void post(size_t at, base::Task task) {
    Lane& lane = lanes_[at];
    {
      const std::lock_guard lock(lane.mutex);
      lane.queue.push_back(std::move(task));
    }
    lane.changed.notify_one();
  }
  void run_after(size_t, std::chrono::milliseconds, base::Task) override {}

 private:
  struct Lane {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<base::Task> queue;
    bool is_over = false;
    std::thread thread;
  };
  static void run(Lane& lane) {
    for (;;) {
      base::Task task;
      {
        std::unique_lock lock(lane.mutex);
        lane.changed.wait(lock, [&] { return lane.is_over || !lane.queue.empty(); });
        if (lane.is_over) return;
        task = std::move(lane.queue.front());
        lane.queue.pop_front();
      }
      task();
    }
  }
  Lane lanes_[2];
};

constexpr const char* kEcho = R"(
nodes:
  q:
    ask: Say something.
    type: text
    variable: TYPED
  back:
    say: "You said {TYPED}"
    next: q
)";

std::shared_ptr<const flow::Program> echo() {
  auto compiled =
      flow::compile({{"flows/main.flow.yaml", kEcho}, {"solution.yaml", ""}}, {{"Echo"}, {}, {}});
  MILLRACE_CHECK(compiled.program.has_value());
  return std::make_shared<const flow::Program>(std::move(*compiled.program));
}

struct Person {
  base::Id id;
  std::string secret;
  int said = 0;                    // messages acknowledged; the next one has this number
  std::vector<std::string> taken;  // texts that were acknowledged
};

class Talk {
 public:
  Talk(uint64_t seed, const std::shared_ptr<const flow::Program>& program)
      : dice_(seed), random_(seed), following_(folder_.path) {
    solutions_.deploy(runtime::make_solution(program));
    auto opened = storage::open_journal(folder_.path / "journal.db", log_, storage::no_meter(), 60);
    MILLRACE_CHECK(opened.has_value());
    journal_ = std::move(*opened);
    runtime_ = std::make_unique<runtime::Runtime>(
        runtime::Runtime::Ports{lanes_, clock_, random_, *journal_, actions_, deliveries_, log_,
                                std::string(32, 'k')},
        solutions_);
    for (int i = 0; i < kPeople; ++i) {
      people_.push_back({base::Id::derived("person", std::to_string(i)),
                         "secret-of-" + std::to_string(i) + " ",
                         0,
                         {}});
    }
  }
  ~Talk() {
    is_over_ = true;
    Disk::get().judge(nullptr);
    wait([this] { return under_way_ == 0; });
    journal_.reset();  // tells the last, who find nobody
  }

  void play() {
    for (Person& person : people_) say(person);
    wait_for_answers(2);
    for (int outage = 0; outage < kOutages; ++outage) {
      fail();
      const size_t refused = refused_;
      const size_t wanted = 1 + dice_() % 100;
      wait([&] { return refused_ >= refused + wanted; });
      Disk::get().judge(nullptr);
      const auto cleared = Clock::now();
      wait_for_answers(1);
      EXPECT_LE(Clock::now() - cleared, kServedWithin);
      wait_for_answers(static_cast<int>(dice_() % 3));
    }
  }

  void check() {
    is_over_ = true;
    wait([this] { return under_way_ == 0; });
    EXPECT_EQ(foreign_, 0u);
    EXPECT_EQ(other_, 0u);
    for (const Person& person : people_) {
      const auto records = read(*journal_, person.id, 100'000);
      ASSERT_TRUE(records) << records.error().describe();
      std::string all;
      int64_t number = 0;
      for (const auto& record : *records) {
        EXPECT_EQ(record.number, ++number);
        all += record.body + "\n";
      }
      for (const std::string& text : person.taken) {
        EXPECT_TRUE(all.contains("\"" + text + "\"")) << "lost: " << text;
      }
      EXPECT_EQ(all.find("secret-of-"), all.find(person.secret)) << "another's words";
    }
  }

 private:
  // Full, or not to be synced; of the log, or of all files.
  void fail() {
    const bool is_full = dice_() % 2 == 0;
    const bool is_log = dice_() % 2 == 0;
    Disk::get().judge([=](const Seen& seen) {
      if (is_log && !seen.path.ends_with("-wal")) return Verdict();
      if (is_full && seen.op == Op::write) return Verdict{ENOSPC, 0};
      if (!is_full && seen.op == Op::sync) return Verdict{EIO, 0};
      return Verdict();
    });
  }

  void say(Person& person) {
    const std::string text = person.secret + "number " + std::to_string(person.said);
    ++under_way_;
    runtime_->converse(
        {person.id, std::nullopt, runtime::SessionRequest{solutions_.fallback()->app_id, "en", {}},
         "m" + std::to_string(person.said), text},
        [this, &person, text](base::Result<runtime::Answer> answer) {
          answered(person, text, answer);
        });
  }

  void answered(Person& person, const std::string& text,
                const base::Result<runtime::Answer>& answer) {
    {
      const std::lock_guard lock(mutex_);
      if (answer) {
        std::string heard;
        for (const auto& message : answer->messages) heard += message.content.text + "\n";
        const auto secret = heard.find("secret-of-");
        if (secret != std::string::npos && secret != heard.find(person.secret)) ++foreign_;
        if (person.said > 0 && !heard.contains(text)) ++other_;
        person.taken.push_back(text);
        ++person.said;
      } else {
        EXPECT_EQ(answer.error().code, base::Code::unavailable) << answer.error().describe();
        ++refused_;
      }
    }
    // From a fresh start of the lane: an answer is given in the middle of its work.
    if (!is_over_) {
      lanes_.post(base::IdHash{}(person.id) % lanes_.count(), [this, &person] {
        if (!is_over_) say(person);
        done_one();
      });
    } else {
      done_one();
    }
    changed_.notify_all();
  }
  void done_one() {
    const std::lock_guard lock(mutex_);
    --under_way_;
    changed_.notify_all();
  }

  void wait_for_answers(int more) {
    std::vector<int> before;
    {
      const std::lock_guard lock(mutex_);
      for (const Person& person : people_) before.push_back(person.said);
    }
    wait([&] {
      for (int i = 0; i < kPeople; ++i) {
        if (people_[static_cast<size_t>(i)].said < before[static_cast<size_t>(i)] + more) {
          return false;
        }
      }
      return true;
    });
  }
  void wait(const std::function<bool()>& is_so) {
    std::unique_lock lock(mutex_);
    MILLRACE_CHECK(changed_.wait_for(lock, kPatience, is_so));
  }

  std::mt19937_64 dice_;
  fakes::NoLog log_;
  fakes::TickingClock clock_;
  fakes::SeededChance random_;
  fakes::Runner actions_;  // which nobody asks
  fakes::NoDeliveries deliveries_;
  fakes::Folder folder_;
  Following following_;
  runtime::Solutions solutions_;
  std::mutex mutex_;  // over what follows
  std::condition_variable changed_;
  std::vector<Person> people_;
  size_t foreign_ = 0;
  size_t other_ = 0;
  size_t refused_ = 0;
  std::atomic<int> under_way_ = 0;
  std::atomic<bool> is_over_ = false;
  std::unique_ptr<storage::DurableJournal> journal_;
  std::unique_ptr<runtime::Runtime> runtime_;
  Threads lanes_;
};

TEST(Outages, NobodyHearsAnotherAndNothingIsLost) {
  const auto number = [](const char* variable, uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
  };
  const auto program = echo();
  const uint64_t first = number("MILLRACE_SEED", 1);
  const uint64_t count = number("MILLRACE_OUTAGES", 8);
  for (uint64_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE("MILLRACE_SEED=" + std::to_string(seed) + " MILLRACE_OUTAGES=1");
    Talk talk(seed, program);
    talk.play();
    talk.check();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace millrace::faults
