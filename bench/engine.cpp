// How fast the engine is by itself: advance() over the six-question form, and loading a bot of 600
// nodes. One thread, no I/O; prints CPU time.
#include <chrono>
#include <iostream>

#include "bench/measure.hpp"
#include "dialog/dialog.hpp"
#include "tests/big_bot.hpp"

namespace {

using namespace millrace;

constexpr const char* kForm = R"(
nodes:
  profile:
    form:
      - FIRST_NAME: 'What is your first name?'
      - LAST_NAME: 'Nice to meet you, {FIRST_NAME}. What is your last name?'
      - EMAIL: 'What is your e-mail address?'
      - BIRTH: 'What is your date of birth?'
      - CITY: 'Which city do you live in?'
      - OS: 'Which operating system do you use?'
  bye: {say: 'Thanks {FIRST_NAME}!', end: true}
)";

constexpr const char* kTypedForm = R"(
nodes:
  profile:
    form:
      - FIRST_NAME: 'What is your first name?'
      - LAST_NAME: 'Nice to meet you, {FIRST_NAME}. What is your last name?'
      - EMAIL: {ask: 'What is your e-mail address?', type: email}
      - BIRTH: {ask: 'What is your date of birth?', type: date, not_future: true}
      - CITY: 'Which city do you live in?'
      - OS: {ask: 'Which operating system do you use?', type: choice, choices: [Windows, macOS, Linux, Android, iOS]}
  bye: {say: 'Thanks {FIRST_NAME}!', end: true}
)";

void run_form(const char* name, const char* text) {
  auto compiled = flow::compile({{"flows/main.flow.yaml", text}}, {{"Bench"}, {}, {}});
  if (!compiled.program) {
    for (const auto& problem : compiled.problems) std::cerr << problem.describe() << "\n";
    return;
  }
  const flow::Program& program = *compiled.program;
  const char* answers[] = {"hi",         "Ada",    "Lovelace", "ada@example.com",
                           "1990-12-10", "London", "Linux"};
  size_t steps = 0, effects = 0;
  const double begin = bench::cpu_seconds();
  while (bench::cpu_seconds() - begin < 2) {
    for (int chat = 0; chat < 100; ++chat) {
      dialog::State state = dialog::open_chat(program, {.chat = base::Id::derived("c", name),
                                                        .consumer = base::Id::derived("p", name),
                                                        .locale = "en",
                                                        .at = base::Timestamp{1'767'603'600'000}});
      for (const char* answer : answers) {
        auto turn =
            dialog::advance(program, std::move(state),
                            {base::Timestamp{1'767'603'600'000}, dialog::Said{"m", answer, true}});
        if (!turn) std::abort();
        effects += turn->effects.size();
        state = std::move(turn->state);
        ++steps;
      }
      if (state.phase != dialog::Phase::ended) std::abort();
    }
  }
  std::cout << name << ": "
            << static_cast<size_t>(static_cast<double>(steps) / (bench::cpu_seconds() - begin))
            << " advance() a CPU-second (" << effects / steps << " effects each)\n";
}

}  // namespace

int main() {
  run_form("six questions", kForm);
  run_form("six questions, typed", kTypedForm);
  const testing_support::BigBot bot(30);
  const auto files = bot.files();
  const double begin = bench::cpu_seconds();
  int rounds = 0;
  for (; bench::cpu_seconds() - begin < 1; ++rounds) {
    if (!flow::compile(files, testing_support::BigBot::facts()).program) std::abort();
  }
  std::cout << "loading " << bot.nodes()
            << " nodes: " << (bench::cpu_seconds() - begin) * 1'000 / rounds << " ms\n";
}
