// A data folder's journal of many turns, written through the journal itself: archive_bench FILE
// [turns=1000000] [turns of a chat=10]. Prints a chat in its middle, for bench/archive.sh.
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>

#include "runtime/record.hpp"
#include "storage/storage.hpp"
#include "tests/fakes/log.hpp"

using namespace millrace;

namespace {

constexpr int kUnderWayMax = 4'096;
constexpr int64_t kBegin = 1'767'323'045'000;

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int64_t turns = argc > 2 ? std::atoll(argv[2]) : 1'000'000;
  const int64_t turns_each = argc > 3 ? std::atoll(argv[3]) : 10;
  fakes::NoLog log;
  auto opened = storage::open_journal(argv[1], log);
  if (!opened) {
    std::cerr << opened.error().describe() << "\n";
    return 1;
  }
  std::mutex mutex;
  std::condition_variable fewer;
  int under_way = 0;
  bool has_failed = false;
  const int64_t chats = turns / turns_each;
  std::vector<dialog::State> states(static_cast<size_t>(chats));
  // People take turns, as they do: the records of one chat lie far apart.
  for (int64_t turn = 1; turn <= turns_each; ++turn) {
    for (int64_t i = 0; i < chats; ++i) {
      dialog::State& state = states[static_cast<size_t>(i)];
      const dialog::State before = state;
      const std::string name = std::to_string(i);
      const base::Timestamp at{kBegin + turn * chats + i};
      if (turn == 1) {
        state.chat = base::Id::derived("chat", name);
        state.consumer = base::Id::derived("consumer", name);
        state.program = "0123456789abcdef0123456789abcdef";
        state.environment = "live";
        state.region = "en";
        state.created_at = at;
      }
      const dialog::Input input{at, dialog::Said{"m" + name + ":" + std::to_string(turn),
                                                 "words that a person says, " + name, true}};
      state.turn = turn;
      state.phase = turn == turns_each ? dialog::Phase::ended : dialog::Phase::waiting;
      dialog::Turn taken{state, state.sequence + 1, std::get<dialog::Said>(input.what).text};
      taken.effects.emplace_back(dialog::Say{state.sequence + 2,
                                             {.text = "And what the bot answers to it."},
                                             3,
                                             "m" + name + ":" + std::to_string(turn)});
      state.sequence += 2;
      taken.state.sequence = state.sequence;
      const bool whole = turn == 1;
      runtime::JournalRecord record{
          .consumer = state.consumer,
          .number = turn,
          .body = runtime::write_record(taken, &input, at, std::string(32, 'k'),
                                        whole ? nullptr : &before, static_cast<int>(turn - 1)),
          .whole = whole,
          .marks = runtime::marks_of(taken, &input),
          .facts = runtime::facts_of(taken, at, "Bench")};
      std::unique_lock lock(mutex);
      fewer.wait(lock, [&] { return under_way < kUnderWayMax; });
      ++under_way;
      lock.unlock();
      (*opened)->append(std::move(record), [&](base::Result<int64_t> done) {
        const std::lock_guard guard(mutex);
        has_failed = has_failed || !done;
        --under_way;
        fewer.notify_one();
      });
    }
  }
  std::unique_lock lock(mutex);
  fewer.wait(lock, [&] { return under_way == 0; });
  std::cout << states[states.size() / 2].chat.to_string() << "\n";
  return has_failed ? 1 : 0;
}
