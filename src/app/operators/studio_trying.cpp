// Conversations with drafts, as JSON.
#include <algorithm>

#include "app/operators/shown_talk.hpp"
#include "app/operators/studio.hpp"
#include "base/text.hpp"
#include "dialog/state/names.hpp"

namespace millrace::app {
namespace {

using base::Code;
using base::fail;

constexpr int kRunInARowMax = 20;  // actions, for one thing said

class NoLog final : public base::Log {
 public:
  void line(base::Level, std::string_view, std::string_view) override {}
};

trial::Stub stub_in(const json::object& given) {
  trial::Stub stub;
  stub.end = dialog::kCallEnds.find(json::get_string(given, "end").value_or("returned"))
                 .value_or(dialog::CallEnd::returned);
  if (const auto* result = json::get_object(given, "result")) stub.result = *result;
  stub.message = json::get_string(given, "message").value_or("");
  return stub;
}

json::object shown(std::string_view id, const solutions::Try& held) {
  const auto* channel = flow::find_channel(held.talk.options().channel);
  json::array turns;
  for (const trial::TalkTurn& turn : held.talk.turns())
    turns.emplace_back(app::shown(turn, channel));
  json::object out{{"try", id},
                   {"solution", held.subject.solution},
                   {"workspace", held.subject.workspace},
                   {"version", held.talk.program().hash},
                   {"turns", std::move(turns)}};
  if (const trial::TalkCall* call = held.talk.awaited()) {
    out["awaited"] = json::object{{"command", call->command}, {"payload", call->payload}};
  }
  return out;
}

base::Result<trial::TalkOptions> options_in(const json::object& order, base::Timestamp now) {
  trial::TalkOptions options;
  options.locale = json::get_string(order, "locale").value_or("");
  options.channel = json::get_string(order, "channel").value_or("");
  options.from = json::get_string(order, "from").value_or("");
  options.at = now;
  if (const auto at = json::get_string(order, "at")) {
    const auto parsed = base::parse_iso8601(*at);
    if (!parsed) return fail(Code::invalid_argument, "a time is wanted", "/at");
    options.at = *parsed;
  }
  if (const auto* variables = json::get_object(order, "variables")) {
    for (const auto& [name, value] : *variables) {
      options.variables[name] = std::string(value.get_string());
    }
  }
  if (const auto* data = json::get_object(order, "user_data")) options.user_data = *data;
  options.answers_itself = json::get_string(order, "actions").value_or("stub") == "stub";
  if (const auto* stubs = json::get_object(order, "stubs")) {
    for (const auto& [command, answers] : *stubs) {
      for (const json::value& each : answers.get_array()) {
        options.actions[command].push_back(stub_in(each.get_object()));
      }
    }
  }
  return options;
}

// Exactly one of them is said.
base::Result<trial::Move> move_of(const json::object& order, const trial::Talk& talk) {
  if (order.size() != 1) {
    return fail(Code::invalid_argument, "say one thing: text, choice, event, skip_ms, ...", "/");
  }
  for (const char* words : {"text", "choice"}) {
    if (const auto text = json::get_string(order, words)) return trial::Say{std::string(*text)};
  }
  if (const auto* event = json::get_object(order, "event")) {
    const auto* detail = json::get_object(*event, "detail");
    return trial::PageEvent{std::string(*json::get_string(*event, "name")),
                            detail == nullptr ? json::object() : *detail};
  }
  if (const auto ms = json::get_integer(order, "skip_ms")) return trial::Wait{*ms};
  if (order.contains("skip_to")) return talk.until_timer();
  if (const auto* result = json::get_object(order, "action_result")) {
    return trial::Answer{stub_in(*result)};
  }
  using What = trial::AgentDoes::What;
  if (const auto text = json::get_string(order, "agent_says")) {
    return trial::AgentDoes{What::says, std::string(*text)};
  }
  const auto agent = json::get_string(order, "agent").value_or("");
  return trial::AgentDoes{agent == "joins"    ? What::joins
                          : agent == "leaves" ? What::leaves
                                              : What::unavailable,
                          ""};
}

bool has_word(const json::object& order, std::string_view name, std::string_view word) {
  const auto* words = json::get_array(order, name);
  return words != nullptr && std::ranges::find(*words, json::value(word)) != words->end();
}

// "Asks for a room" -> asks-for-a-room, in the folder of tests.
std::string test_file(std::string_view name) {
  std::string slug;
  for (const char c : base::to_ascii_lower(name)) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_plain) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (slug.ends_with('-')) slug.pop_back();
  return "tests/" + (slug.empty() ? "test" : slug.substr(0, 80)) + ".test.yaml";
}

base::Result<json::object> test_of(const solutions::Try& held, const json::object& order) {
  trial::Talk::Wanted wanted;
  wanted.name = *json::get_string(order, "name");
  const auto file = json::get_string(order, "file");
  wanted.file = file ? std::string(*file) : test_file(wanted.name);
  if (!solutions::is_plain_path(wanted.file) || solutions::kind_of_file(wanted.file) != "test") {
    return fail(Code::invalid_argument, "is written like tests/NAME.test.yaml", "/file");
  }
  if (order.contains("expect")) {
    wanted.buttons = has_word(order, "expect", "buttons");
    wanted.variables = has_word(order, "expect", "variables");
    wanted.calls = has_word(order, "expect", "calls");
  }
  auto text = held.talk.test(wanted);
  if (!text) return std::unexpected(text.error());
  return json::object{{"path", wanted.file}, {"text", std::move(*text)}};
}

base::Result<void> check_sound(const solutions::Loaded& loaded) {
  if (loaded.program) return {};
  for (const flow::Problem& problem : loaded.problems) {
    if (problem.severity == flow::Severity::error) {
      return fail(Code::failed_precondition, "the solution has errors: " + problem.describe());
    }
  }
  return fail(Code::failed_precondition, "the solution has errors");
}

}  // namespace

api::Studio::Object OperatorStudio::begin_try(const json::object& order, const Person& person) {
  const std::string solution(*json::get_string(order, "solution"));
  const std::string workspace(
      json::get_string(order, "workspace").value_or(solutions::kMainWorkspace));
  const auto loaded = loaded_of({solution, workspace}, order);
  if (!loaded) return std::unexpected(loaded.error());
  if (auto sound = check_sound(**loaded); !sound) return std::unexpected(sound.error());
  auto options = options_in(order, ports_.clock.now());
  if (!options) return std::unexpected(options.error());
  // A conversation does not wait for a model to be made.
  if (auto reader = solutions::reader_at_hand(shelf_, **loaded)) options->reader = *reader;
  auto talk = trial::Talk::begin((*loaded)->program, std::move(*options));
  if (!talk) return std::unexpected(talk.error());
  if (auto begun = talk->take(trial::Start{}); !begun) return std::unexpected(begun.error());
  const bool runs = json::get_string(order, "actions") == "run";
  const auto id = tries_.add(person.who, {solution, workspace, *loaded, runs}, std::move(*talk));
  if (!id) return std::unexpected(id.error());
  return in_try(*id, "", {}, person);
}

base::Result<std::string> OperatorStudio::solution_of_try(std::string_view id,
                                                          const Person& person) {
  const auto held = tries_.find(person.who, id);
  if (!held) return std::unexpected(held.error());
  return (*held)->subject.solution;
}

base::Result<void> OperatorStudio::move_in(solutions::Try& held, const json::object& order) {
  const auto move = move_of(order, held.talk);
  if (!move) return std::unexpected(move.error());
  return held.talk.take(*move);
}

// With scripts that run: what is awaited is run, and what comes of it too.
base::Result<void> OperatorStudio::run_awaited(solutions::Try& held) {
  for (int i = 0; i < kRunInARowMax && held.talk.awaited() != nullptr; ++i) {
    const trial::TalkCall& call = *held.talk.awaited();
    if (call.is_owed) return {};  // nothing is sent: its outcome is said by whoever tries
    OneCall one;
    one.command = call.command;
    one.solution = held.subject.solution;
    one.payload = call.payload;
    one.context = call.context;
    NoLog quiet;
    const auto ran = run_script(*held.subject.loaded, std::move(one), quiet);
    if (!ran) return std::unexpected(ran.error());
    trial::Stub stub;
    stub.end = dialog::kCallEnds.find(runtime::to_string(ran->outcome.kind))
                   .value_or(dialog::CallEnd::raised);
    stub.result = ran->outcome.result;
    stub.message = ran->outcome.message;
    if (auto done = held.talk.take(trial::Answer{std::move(stub)}); !done) return done;
  }
  return {};
}

api::Studio::Object OperatorStudio::in_try(std::string_view id, std::string_view what,
                                           const json::object& order, const Person& person) {
  const auto found = tries_.find(person.who, id);
  if (!found) return std::unexpected(found.error());
  solutions::Try& held = **found;
  const std::lock_guard lock(held.mutex);
  if (what == "test") return test_of(held, order);
  if (what == "reload") {
    const auto loaded = loaded_of({held.subject.solution, held.subject.workspace}, order);
    if (!loaded) return std::unexpected(loaded.error());
    if (auto sound = check_sound(**loaded); !sound) return std::unexpected(sound.error());
    const auto difference = held.talk.reload((*loaded)->program);
    if (!difference) return std::unexpected(difference.error());
    held.subject.loaded = *loaded;
    json::object out = shown(id, held);
    out["first_difference"] = nullptr;
    if (*difference) {
      const auto* channel = flow::find_channel(held.talk.options().channel);
      out["first_difference"] = json::object{{"turn", (*difference)->turn},
                                             {"before", app::shown((*difference)->before, channel)},
                                             {"after", app::shown((*difference)->after, channel)}};
    }
    return out;
  }
  base::Result<void> done;
  if (what == "say") done = move_in(held, order);
  if (what == "back") done = held.talk.go_back(static_cast<int>(*json::get_integer(order, "turn")));
  if (done && what == "say" && held.subject.runs_actions) done = run_awaited(held);
  if (!done) return std::unexpected(done.error());
  return shown(id, held);
}

api::Studio::Done OperatorStudio::end_try(std::string_view id, const Person& person) {
  return tries_.remove(person.who, id);
}

}  // namespace millrace::app
