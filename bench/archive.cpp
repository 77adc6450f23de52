// A data folder of many turns and calls, written through the journal and the keeper of traces
// themselves: archive_bench FOLDER [turns=1000000] [turns of a chat=10]. There are as many traces
// as are kept by default, at most one for each chat, and 100 calls whose effect is unknown. Prints
// a chat in its middle, for bench/archive.sh.
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <mutex>

#include "base/meter.hpp"
#include "calls/calls.hpp"
#include "runtime/records/record.hpp"
#include "storage/storage.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/log.hpp"

using namespace millrace;

namespace {

// How much is being written, so that it stays little.
class UnderWay {
 public:
  void begin() {
    std::unique_lock lock(mutex_);
    fewer_.wait(lock, [this] { return count_ < kMax; });
    ++count_;
  }
  void end(bool is_well = true) {
    const std::lock_guard lock(mutex_);
    has_failed_ = has_failed_ || !is_well;
    --count_;
    fewer_.notify_one();
  }
  // Waits for the last; whether all went well.
  bool finish() {
    std::unique_lock lock(mutex_);
    fewer_.wait(lock, [this] { return count_ == 0; });
    return !has_failed_;
  }

 private:
  static constexpr int kMax = 4'096;
  std::mutex mutex_;
  std::condition_variable fewer_;
  int count_ = 0;
  bool has_failed_ = false;
};

constexpr int64_t kBegin = 1'767'323'045'000;
constexpr int64_t kUnknown = 100;

dialog::State begun(const std::string& name, base::Timestamp at) {
  dialog::State state;
  state.chat = base::Id::derived("chat", name);
  state.consumer = base::Id::derived("consumer", name);
  state.program = "0123456789abcdef0123456789abcdef";
  state.environment = "live";
  state.region = "en";
  state.created_at = at;
  return state;
}

// What a person says and the bot answers; the state goes on.
runtime::JournalRecord take_turn(dialog::State& state, const std::string& name, base::Timestamp at,
                                 bool is_last) {
  const dialog::State before = state;
  ++state.turn;
  const std::string id = "m" + name + ":" + std::to_string(state.turn);
  const dialog::Input input{at, dialog::Said{id, "words that a person says, " + name, true}};
  state.phase = is_last ? dialog::Phase::ended : dialog::Phase::waiting;
  dialog::Turn taken{state, state.sequence + 1, std::get<dialog::Said>(input.what).text};
  taken.effects.emplace_back(
      dialog::Say{state.sequence + 2, {.text = "And what the bot answers to it."}, 3, id});
  state.sequence += 2;
  taken.state.sequence = state.sequence;
  const bool whole = state.turn == 1;
  return {
      .consumer = state.consumer,
      .number = state.turn,
      .body = runtime::write_record(taken, &input, at, std::string(32, 'k'),
                                    whole ? nullptr : &before, static_cast<int>(state.turn - 1)),
      .whole = whole,
      .marks = runtime::marks_of(taken, &input),
      .facts = runtime::facts_of(taken, at, "Bench")};
}

// People take turns, as they do: the records of one chat lie far apart.
bool write_turns(runtime::Journal& journal, int64_t chats, int64_t turns_each) {
  std::vector<dialog::State> states(static_cast<size_t>(chats));
  UnderWay under_way;
  for (int64_t turn = 1; turn <= turns_each; ++turn) {
    for (int64_t i = 0; i < chats; ++i) {
      dialog::State& state = states[static_cast<size_t>(i)];
      const std::string name = std::to_string(i);
      const base::Timestamp at{kBegin + turn * chats + i};
      if (turn == 1) state = begun(name, at);
      under_way.begin();
      journal.append(take_turn(state, name, at, turn == turns_each),
                     [&](const base::Result<int64_t>& done) { under_way.end(done.has_value()); });
    }
  }
  return under_way.finish();
}

calls::CallTrace trace_of(int64_t i, base::Timestamp at, bool is_unknown) {
  const auto outcome = is_unknown ? runtime::CallOutcome::unknown : runtime::CallOutcome::returned;
  const std::string chat = base::Id::derived("chat", std::to_string(i)).to_string();
  calls::AttemptRecord attempt{.at = at, .outcome = outcome};
  attempt.trace.began_at = at;
  attempt.trace.ran = std::chrono::microseconds(28'500);
  attempt.trace.lines = {"info: a room is looked for", "info: a room is booked"};
  attempt.trace.exchanges = {{"api.example", 443, "POST", 201, 25, ""}};
  return {.solution = "Bench",
          .version = "0123456789abcdef0123456789abcdef",
          .chat_id = chat,
          .node = "12",
          .command = "Reserve",
          .key = chat + ":3:1",
          .began_at = at,
          .ended_at = {at.ms + 30},
          .outcome = outcome,
          .effect_unknown = is_unknown,
          .attempts = {std::move(attempt)}};
}

void write_traces(base::KeyValueStore& store, base::Log& log, int64_t chats) {
  fakes::Clock clock(kBegin);
  base::NoMeter meter;
  UnderWay under_way;
  calls::Traces traces(store, clock, log, meter);
  const auto count = std::min(chats, static_cast<int64_t>(calls::TraceLimits{}.count_max));
  const int64_t step = std::max<int64_t>(1, count / kUnknown);
  for (int64_t i = 0; i < count; ++i) {
    under_way.begin();
    traces.record(trace_of(i, {kBegin + i}, i % step == 0), [&] { under_way.end(); });
  }
  (void)under_way.finish();
}

int complain(const base::Error& error) {
  std::cerr << error.describe() << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::filesystem::path data = argv[1];
  const int64_t turns = argc > 2 ? std::atoll(argv[2]) : 1'000'000;
  const int64_t turns_each = argc > 3 ? std::atoll(argv[3]) : 10;
  const int64_t chats = turns / turns_each;
  fakes::NoLog log;
  const auto journal = storage::open_journal(data / "journal.db", log);
  if (!journal) return complain(journal.error());
  const auto store = storage::open_key_value(data / "traces.db", log);
  if (!store) return complain(store.error());
  if (!write_turns(**journal, chats, turns_each)) return 1;
  write_traces(**store, log, chats);
  std::cout << base::Id::derived("chat", std::to_string(chats / 2)).to_string() << "\n";
  return 0;
}
