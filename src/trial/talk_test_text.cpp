// A conversation written down as a test that passes.
#include <algorithm>

#include "flow/yaml_text.hpp"
#include "trial/talk.hpp"

namespace millrace::trial {
namespace {

using base::Code;
using base::fail;

std::string json_of(json::object object) {
  return json::serialize(object);
}

class Writer {
 public:
  Writer(const Talk& talk, const Talk::Wanted& wanted) : talk_(talk), wanted_(wanted) {}

  std::string run() {
    for (const TalkTurn& turn : talk_.turns()) write(turn);
    const TalkOptions& options = talk_.options();
    std::string out = "tests:\n  - name: " + flow::yaml_scalar(wanted_.name, 4) + "\n";
    out += "    at: " + base::to_iso8601(options.at) + "\n";
    if (!options.locale.empty())
      out += "    locale: " + flow::yaml_scalar(options.locale, 4) + "\n";
    if (!options.variables.empty()) out += "    variables: " + texts(options.variables) + "\n";
    if (!options.user_data.empty()) out += "    user_data: " + json_of(options.user_data) + "\n";
    if (!actions_.empty()) out += "    actions:\n";
    for (const auto& [command, answers] : actions_) {
      out += "      " + command + ":\n";
      for (const std::string& answer : answers) out += "        - " + answer + "\n";
    }
    out += "    steps:\n" + steps_;
    if (talk_.turns().empty()) return out;
    const TalkTurn& last = talk_.turns().back();
    if (wanted_.variables && !last.state.variables.empty()) {
      std::map<std::string, std::string> known(last.state.variables.begin(),
                                               last.state.variables.end());
      step("expect_variables: " + texts(known), out);
    }
    if (last.state.phase == dialog::Phase::ended) {
      step("expect_end: " + last.state.end_reason, out);
    }
    return out;
  }

 private:
  static void step(const std::string& text, std::string& into) { into += "      - " + text + "\n"; }
  void step(const std::string& text) { step(text, steps_); }

  static std::string texts(const std::map<std::string, std::string>& values) {
    json::object all;
    for (const auto& [name, value] : values) all[name] = value;
    return json_of(std::move(all));
  }

  void write(const TalkTurn& turn) {
    std::visit([this](const auto& move) { write_move(move); }, turn.move);
    for (const TalkCall& call : turn.calls) {
      if (call.answer) actions_[call.command].push_back(answer_of(*call.answer));
      if (wanted_.calls) {
        step("expect_call: " + json_of(json::object{{call.command, call.payload}}));
      }
    }
    for (const dialog::Message& message : turn.said) write_expectation(message);
  }

  void write_move(const Start&) { step("start"); }
  void write_move(const Say& say) { step("say: " + flow::yaml_scalar(say.text, 8, true)); }
  void write_move(const Wait& wait) {
    if (wait.ms > 0) step("wait: " + std::to_string(wait.ms) + "ms");
  }
  void write_move(const PageEvent& event) {
    step("page_event: " + json_of(json::object{{event.name, event.detail}}));
  }
  void write_move(const AgentDoes& agent) {
    switch (agent.what) {
      case AgentDoes::What::joins: return step("agent: joins");
      case AgentDoes::What::leaves: return step("agent: leaves");
      case AgentDoes::What::unavailable: return step("agent: unavailable");
      case AgentDoes::What::says:
        return step("agent: " + json_of(json::object{{"says", agent.text}}));
    }
  }
  // It stands among the actions.
  void write_move(const Answer&) {}

  static std::string answer_of(const Stub& stub) {
    switch (stub.end) {
      case dialog::CallEnd::returned: return json_of(json::object{{"returns", stub.result}});
      case dialog::CallEnd::timed_out: return "{times_out: true}";
      case dialog::CallEnd::unknown: return "{unknown: true}";
      case dialog::CallEnd::raised:
      case dialog::CallEnd::crashed:
      case dialog::CallEnd::refused: break;
    }
    return json_of(json::object{{"raises", stub.message}});
  }

  void write_expectation(const dialog::Message& message) {
    if (!wanted_.buttons || message.asset.options.empty()) {
      return step("expect: " + flow::yaml_scalar(message.text, 8, true));
    }
    json::array labels;
    for (const dialog::Option& option : message.asset.options) labels.emplace_back(option.label);
    json::object expected{{"buttons", std::move(labels)}};
    if (!message.text.empty()) expected["text"] = message.text;
    step("expect: " + json_of(std::move(expected)));
  }

  const Talk& talk_;
  const Talk::Wanted& wanted_;
  std::map<std::string, std::vector<std::string>> actions_;
  std::string steps_;
};

// The answers that came, in their order, so that the same come again.
std::map<std::string, std::vector<Stub>> answers_of(const std::vector<TalkTurn>& turns) {
  std::map<std::string, std::vector<Stub>> all;
  for (const TalkTurn& turn : turns) {
    for (const TalkCall& call : turn.calls) {
      if (call.answer) all[call.command].push_back(*call.answer);
    }
  }
  return all;
}

}  // namespace

base::Result<std::string> Talk::test(const Wanted& wanted) const {
  if (!options_.from.empty()) {
    return fail(Code::failed_precondition, "a test begins at the start, not at a node", "from");
  }
  if (turns_.empty()) return fail(Code::failed_precondition, "nothing was said yet");
  if (awaited() != nullptr) {
    return fail(Code::failed_precondition, "an action is still awaited; answer it first");
  }
  // Held again as the test will hold it: what is drawn is drawn from the test's own name.
  TalkOptions options = options_;
  options.seed = wanted.file + ":" + wanted.name;
  options.answers_itself = true;
  options.actions = answers_of(turns_);
  auto again = Talk::begin(program_, std::move(options));
  if (!again) return std::unexpected(again.error());
  for (const TalkTurn& turn : turns_) {
    if (std::holds_alternative<Answer>(turn.move)) continue;
    if (auto done = again->take(turn.move); !done) return std::unexpected(done.error());
  }
  std::string text = Writer(*again, wanted).run();
  const TestFile read = read_tests(wanted.file, text);
  if (!read.problems.empty() || read.tests.size() != 1) {
    return fail(Code::failed_precondition,
                "this cannot be told as a test: " +
                    (read.problems.empty() ? "" : read.problems.front().describe()));
  }
  Coverage coverage(*program_);
  const Outcome outcome = trial::run(*program_, read.tests.front(), coverage);
  if (outcome.passed) return text;
  return fail(Code::failed_precondition, "this cannot be told as a test: " + outcome.failure);
}

}  // namespace millrace::trial
