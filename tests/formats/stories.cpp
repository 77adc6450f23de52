#include "tests/formats/stories.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "base/text.hpp"
#include "runtime/records/record.hpp"
#include "runtime/replay.hpp"
#include "tests/conversations/line.hpp"
#include "tests/example.hpp"

namespace millrace::formats {
namespace {

namespace fs = std::filesystem;
using dialog::State;

constexpr int64_t kBegin = 1'767'323'045'000;
constexpr int kWholeEvery = 8;  // records

// A chat that is written down turn by turn.
class Chat {
 public:
  Chat(std::string name, const flow::Program& program, const std::string& locale)
      : program_(&program), story_{std::move(name), {}} {
    const base::Id chat = base::Id::derived("chat", story_.name);
    state_ = dialog::open_chat(program, {.chat = chat,
                                         .consumer = base::Id::derived("consumer", story_.name),
                                         .locale = locale,
                                         .user_data = {{"from", "a test"}},
                                         .at = {at_}});
    keep({state_, 0, {}}, nullptr);
  }

  void take(decltype(dialog::Input::what) what) {
    at_ += 1'000;
    const dialog::Input input{{at_}, std::move(what)};
    auto turn = dialog::advance(*program_, state_, input);
    if (turn) keep(std::move(*turn), &input);
  }
  void say(const std::string& text) {
    take(dialog::Said{"m" + std::to_string(++said_), text, true});
  }
  // One line of a .chat file.
  void play(std::string_view line) {
    auto what = testing_support::input_of(line, state_, said_);
    if (!what) return;
    auto* ended = std::get_if<dialog::CallEnded>(&*what);
    if (ended != nullptr && ended->end != dialog::CallEnd::returned) {
      ended->message = "it did not work";
    }
    take(std::move(*what));
  }
  void adopt(const flow::Program& fresh, dialog::Adopted::Why why) {
    auto state = runtime::adopt(*program_, fresh, state_, why);
    ASSERT_TRUE(state);
    at_ += 1'000;
    const dialog::Input input{{at_}, dialog::Adopted{why}};
    auto turn = dialog::advance(fresh, std::move(*state), input);
    ASSERT_TRUE(turn);
    program_ = &fresh;
    keep(std::move(*turn), &input);
  }
  Story story() && { return std::move(story_); }

 private:
  void keep(dialog::Turn turn, const dialog::Input* input) {
    const bool whole = before_ == std::nullopt || since_ >= kWholeEvery;
    since_ = whole ? 0 : since_ + 1;
    story_.records.push_back(
        runtime::write_record(turn, input, {at_}, kKey, whole ? nullptr : &*before_, since_));
    state_ = std::move(turn.state);
    before_ = state_;
  }

  const flow::Program* program_;
  Story story_;
  State state_;
  std::optional<State> before_;
  int64_t at_ = kBegin;
  int since_ = 0;
  int said_ = 0;
};

Story from_file(const fs::path& file) {
  std::ifstream in(file);
  std::string solution;
  std::string locale;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("solution: ")) solution = line.substr(10);
    if (line.starts_with("locale: ")) locale = line.substr(8);
    if (line.starts_with("> ") || line.starts_with("! ")) lines.push_back(line);
  }
  const auto program = testing_support::load_solution(fs::path(MILLRACE_SOURCE_DIR) / solution);
  Chat chat(file.stem().string(), program, locale);
  for (const std::string& line : lines) chat.play(line);
  return std::move(chat).story();
}

// The nodes that the examples have not.
flow::Program probe(const std::string& last_words) {
  constexpr const char* kMain = R"(nodes:
  name:
    ask: What is your name?
    variable: NAME
    reminders:
      - after: 5m
        say: Still there?
  code:
    ask: Which code did we send you?
    variable: CODE
    secure: true
  aside:
    call: terms
  look:
    do: Look
    with: {who: '{NAME}', code: '{CODE}'}
    outputs: [found, detail]
    decide: found
    on: {'true': rest, error: rest}
  rest:
    wait: 20s
  plan:
    ask: Which plan?
    type: choice
    choices:
      - Basic
      - Pro
    variable: PLAN
  bye:
    say: )";
  constexpr const char* kTerms = R"(nodes:
  read:
    ask: Have you read the terms?
    type: yes_no
    variable: READ
  back:
    say: Good.
    return: true
)";
  constexpr const char* kHelp = R"(nodes:
  help:
    say: Somebody will help.
    intent: help_me
    return: true
)";
  auto compiled =
      flow::compile({{"solution.yaml", "name: Probe\n"},
                     {"flows/main.flow.yaml", kMain + last_words + "\n    end: true\n"},
                     {"flows/terms.flow.yaml", kTerms},
                     {"flows/help.flow.yaml", kHelp},
                     {"nlu/en.yaml", "intents:\n  help_me: [I need help, help me please]\n"}},
                    {{"Probe"}, {}, {"Look"}, {}});
  for (const flow::Problem& problem : compiled.problems) ADD_FAILURE() << problem.describe();
  return compiled.program ? std::move(*compiled.program) : flow::Program{};
}

// Reminders, a secure answer, a flow that is called, interruptions, what is said meanwhile, a
// pause.
Story probed() {
  const flow::Program program = probe("Bye {NAME}!");
  Chat chat("probe", program, "en");
  for (const char* line :
       {"! start", "! due", "! due", "> I need help", "> Ada", "> 4711-secret", "> yes",
        "> is anybody there?", "> hello?", "! returned {\"found\":\"true\",\"detail\":{\"a\":[1]}}",
        "! due", "> plans", "> Pro", "> and then?"}) {
    chat.play(line);
  }
  return std::move(chat).story();
}

// A call under way, and a pending one that another page tells of.
Story under_way() {
  const flow::Program program = probe("Bye!");
  Chat chat("under-way", program, "en-GB");
  for (const char* line : {"> hi", "> Grace", "> 0815", "> yes", "> wait, what?"}) chat.play(line);
  chat.take(dialog::PageEvent{"cart", {{"items", 3}}});
  return std::move(chat).story();
}

Story deployed_under() {
  const flow::Program old = probe("Bye!");
  const flow::Program fresh = probe("See you, {NAME}.");
  Chat chat("deployed-under", old, "en");
  chat.play("> hi");
  chat.adopt(fresh, dialog::Adopted::Why::migrated);
  chat.play("> Ada");
  chat.adopt(old, dialog::Adopted::Why::restarted);
  chat.play("> hi again");
  chat.play("! end");
  return std::move(chat).story();
}

// Every member of a state and every kind of input with values that a conversation seldom has.
class Drawn {
 public:
  Story story() {
    Story story{"drawn", {}};
    State before;
    State state;
    state.chat = base::Id::derived("chat", "drawn");
    state.consumer = base::Id::derived("consumer", "drawn");
    state.program = "0123abcd";
    state.environment = "sandbox";
    state.region = "en";
    int since = 0;
    constexpr int kRecords = 45;
    for (int i = 0; i < kRecords; ++i) {
      before = state;
      for (int n = below(7); n > 0; --n) alter(state);
      ++state.turn;
      const dialog::Input input{{kBegin + i}, what(state, i)};
      dialog::Turn turn{state, 0, {}};
      if (const auto* said = std::get_if<dialog::Said>(&input.what)) {
        turn.said_sequence = ++turn.state.sequence;
        turn.said = said->text;
        turn.state.last_message = said->text;
        turn.state.answering = below(2) == 0 ? said->input_id : "";
      }
      effects(turn, input);
      const bool whole = i % kWholeEvery == 0;
      since = whole ? 0 : since + 1;
      story.records.push_back(runtime::write_record(turn, i == 0 ? nullptr : &input, input.at, kKey,
                                                    whole ? nullptr : &before, since));
      state = std::move(turn.state);
    }
    return story;
  }

 private:
  int below(int bound) { return static_cast<int>(random_() % static_cast<uint64_t>(bound)); }
  std::string text() { return below(3) == 0 ? "" : "text number " + std::to_string(below(9)); }
  std::string name() { return "NAME_" + std::to_string(below(6)); }
  json::object object() {
    json::object out;
    for (int i = below(3); i >= 0; --i) out[name()] = json::object{{name(), text()}};
    return out;
  }

  decltype(dialog::Input::what) what(const State& state, int i) {
    switch (i % 7) {
      case 0: return dialog::Started{};
      case 1: return dialog::Said{"m" + std::to_string(i), "said " + text(), below(2) == 0};
      case 2:
        return dialog::CallEnded{text(), static_cast<dialog::CallEnd>(i / 7 % 6), object(), text()};
      case 3:
        return dialog::TimerDue{{static_cast<dialog::TimerKind>(i / 7 % 5), state.created_at}};
      case 4: return dialog::PageEvent{name(), object()};
      case 5: return dialog::Adopted{static_cast<dialog::Adopted::Why>(i / 7 % 3)};
      default: return dialog::EndRequested{text()};
    }
  }

  void effects(dialog::Turn& turn, const dialog::Input& input) {
    const auto* said = std::get_if<dialog::Said>(&input.what);
    for (int i = below(4); i > 0; --i) {
      dialog::Say say;
      say.sequence = ++turn.state.sequence;
      say.message.text = text();
      say.message.asset.kind = static_cast<dialog::AssetKind>(below(12));
      say.message.asset.options = {{.label = "One"},
                                   {.label = "Two", .url = "https://example.com"}};
      say.message.input_disabled = below(2) == 0;
      say.message.secure = below(3) == 0;
      say.node = below(9);
      if (below(4) != 0) say.reply_to = said == nullptr ? "m0" : said->input_id;
      turn.effects.emplace_back(std::move(say));
    }
    if (below(3) == 0) turn.effects.emplace_back(dialog::Track{"seen", object(), {{"page", 30}}});
    if (below(3) == 0) turn.effects.emplace_back(dialog::Owe{"key:" + name(), "webhook", {}});
  }

  void alter(State& state) {
    switch (below(16)) {
      case 0: state.phase = static_cast<dialog::Phase>(below(6)); break;
      case 1: state.node = below(9); break;
      case 2: state.tries = below(3); break;
      case 3: state.frames.push_back({static_cast<dialog::Frame::Kind>(below(2)), below(9)}); break;
      case 4: state.variables[name()] = text(); break;
      case 5: state.secrets[name()] = text(); break;
      case 6: state.kept[below(9)] = object(); break;
      case 7: state.user_data = object(); break;
      case 8: state.events.emplace_back(object()); break;
      case 9: state.history.push_back({below(9), text(), text(), 1}); break;
      case 10: state.held.push_back({name(), text()}); break;
      case 11: state.candidates = {{text(), text()}}; break;
      case 12:
        state.known_as["braze"] = json::object{{"user", object()}, {"alias", below(2) == 0}};
        break;
      case 13: state.error = object(); break;
      case 14: state.timer = {static_cast<dialog::TimerKind>(below(5)), {kBegin}}; break;
      default: state.call = dialog::PendingCall{text(), below(9), {kBegin}, below(2) == 0, true};
    }
    state.surveyed = below(9) == 0;
    if (state.phase == dialog::Phase::ended) state.end_reason = dialog::kEndCompleted;
    if (state.variables.size() > 4) state.variables.erase(state.variables.begin());
  }

  std::mt19937_64 random_{11};
};

}  // namespace

std::vector<Story> all_stories() {
  std::vector<Story> stories;
  for (const auto& entry :
       fs::directory_iterator(fs::path(MILLRACE_SOURCE_DIR) / "tests" / "conversations")) {
    if (entry.path().extension() == ".chat") stories.push_back(from_file(entry.path()));
  }
  stories.push_back(probed());
  stories.push_back(under_way());
  stories.push_back(deployed_under());
  stories.push_back(Drawn().story());
  return stories;
}

}  // namespace millrace::formats
