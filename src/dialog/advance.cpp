#include <algorithm>

#include "base/text.hpp"
#include "dialog/dialog.hpp"
#include "dialog/natives.hpp"
#include "dialog/payload.hpp"

namespace millrace::dialog {
namespace {

using base::Code;
using base::fail;
using flow::ActionNode;
using flow::DialogNode;
using flow::NodeNumber;

// Runs nodes until the chat waits, calls or ends. One object per turn.
class Engine {
 public:
  Engine(const flow::Program& program, State state, base::Timestamp at)
      : program_(program), at_(at) {
    turn_.state = std::move(state);
    ++turn_.state.turn;
  }

  base::Result<Turn> run(const Input& input) && {
    auto taken = std::visit([this](const auto& what) { return take(what); }, input.what);
    if (!taken) return std::unexpected(taken.error());
    take_up_held_messages();
    return std::move(turn_);
  }

 private:
  State& state() { return turn_.state; }

  base::Result<void> take(const Started&) {
    if (state().phase != Phase::opened) {
      return fail(Code::already_exists, "the chat has already been started");
    }
    if (program_.opening_wait_ms > 0) {
      state().phase = Phase::greeting;
      state().opening_due = base::Timestamp{at_.ms + program_.opening_wait_ms};
      turn_.effects.emplace_back(SetOpeningTimer{*state().opening_due});
      return {};
    }
    enter(flow::kStartNode);
    return {};
  }

  base::Result<void> take(const Said& said) {
    const Phase phase = state().phase;
    if (phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
    if (phase == Phase::opened && !said.starts) {
      return fail(Code::failed_precondition, "the chat has not been started");
    }
    if (phase == Phase::calling && state().held.size() >= kHeldMessagesMax) {
      return fail(Code::resource_exhausted, "too many messages while an action is running");
    }
    turn_.said_sequence = ++state().sequence;
    std::string text(base::utf8_prefix(base::clean_user_text(said.text), kMessageLengthMax));
    if (phase == Phase::calling) {
      state().held.push_back({said.input_id, std::move(text)});
      return {};
    }
    state().answering = said.input_id;
    state().last_message = std::move(text);
    if (phase == Phase::opened || phase == Phase::greeting) {
      // Whatever is said first is a greeting, not an answer: nothing has been asked yet.
      state().opening_due.reset();
      enter(flow::kStartNode);
    } else {
      answer(state().last_message, Repeat::yes);
    }
    return {};
  }

  base::Result<void> take(const OpeningDue&) {
    if (state().phase != Phase::greeting) {
      return fail(Code::not_found, "the chat no longer waits for its opening");
    }
    state().opening_due.reset();
    state().answering.clear();
    enter(flow::kStartNode);
    return {};
  }

  base::Result<void> take(const EndRequested& request) {
    if (state().phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
    end(request.reason);
    return {};
  }

  base::Result<void> take(const CallEnded& ended) {
    if (!state().call || state().call->key != ended.key) {
      return fail(Code::not_found, "the call is no longer awaited");
    }
    const NodeNumber number = state().call->node;
    state().call.reset();
    const auto& action = std::get<ActionNode>(program_.find(number)->does);
    switch (ended.end) {
      case CallEnd::returned: take_result(number, action, ended.result); break;
      case CallEnd::timed_out:
        fail_action(action, {"timeout", "error"}, "bot_timeout", ended);
        break;
      case CallEnd::unknown: fail_action(action, {"unknown", "error"}, "other", ended); break;
      case CallEnd::raised:
      case CallEnd::crashed:
      case CallEnd::refused: fail_action(action, {"error"}, "bot_error", ended); break;
    }
    return {};
  }

  // UPPER-CASE keys set global variables, the others are the node's outputs.
  void take_result(NodeNumber number, const ActionNode& action, const json::object& result) {
    json::object outputs;
    for (const auto& member : result) {
      if (flow::is_variable_name(member.key())) {
        state().variables[member.key()] = json::to_text(member.value());
      } else {
        outputs[member.key()] = member.value();
      }
    }
    const auto* decision = outputs.if_contains(action.decision);
    const std::string value = decision == nullptr ? "" : json::to_text(*decision);
    if (program_.kept.contains(number)) state().kept[number] = std::move(outputs);
    if (const auto* road = action.road(value)) {
      enter(road->target);
      return;
    }
    CallEnded failure;
    failure.message = decision == nullptr
                          ? action.command + " returned no '" + action.decision + "'"
                          : action.command + " returned a value that has no road";
    fail_action(action, {"error"}, "bot_error", failure);
  }

  // A failure takes the first road drawn for it, else the error handler, else it ends the chat with
  // an apology.
  void fail_action(const ActionNode& action, std::initializer_list<std::string_view> roads,
                   std::string_view code, const CallEnded& failure) {
    state().error = {{"code", code}, {"message", failure.message}, {"command", action.command}};
    for (const std::string_view name : roads) {
      if (const auto* road = action.road(name)) {
        enter(road->target);
        return;
      }
    }
    handle_error();
  }

  void handle_error() {
    const bool handling_already = handling_error_;
    handling_error_ = true;
    for (const NodeNumber handler : {flow::kErrorHandlerNode, flow::kCrashHandlerNode}) {
      if (handling_already || program_.find(handler) == nullptr) continue;
      enter(handler);
      return;
    }
    apologise();
  }

  void apologise() {
    say({.text = fill(program_.apology[state().locale], state())});
    end(std::string(kEndBotError));
  }

  void enter(NodeNumber number) {
    for (std::optional<NodeNumber> next = number; next;) {
      if (++steps_ > kStepsMax) {
        // The flow runs in a circle of actions; compile() has refused circles of D nodes.
        apologise();
        return;
      }
      const flow::Node* node = program_.find(*next);
      MILLRACE_CHECK(node != nullptr);  // compile() refuses roads to nowhere
      state().node = *next;
      if (const auto* dialog = std::get_if<DialogNode>(&node->does)) {
        next = enter_dialog(*dialog);
      } else {
        next = enter_action(std::get<ActionNode>(node->does));
      }
    }
  }

  std::optional<NodeNumber> enter_dialog(const DialogNode& node) {
    show(node);
    if (node.waits) {
      state().phase = Phase::waiting;
      state().error.clear();
      return std::nullopt;
    }
    if (!node.next) end(std::string(kEndCompleted));
    return node.next;
  }

  std::optional<NodeNumber> enter_action(const ActionNode& node) {
    if (!node.native) {
      state().call = PendingCall{state().chat.to_string() + ":" + std::to_string(state().turn) +
                                     ":" + std::to_string(steps_),
                                 state().node, at_};
      state().phase = Phase::calling;
      turn_.effects.emplace_back(pending_call(program_, state()));
      return std::nullopt;
    }
    json::array env_values;
    const json::object payload = make_payload(node, state(), env_values);
    NativeResult result = run_native(node, payload, state(), program_.locales[state().locale], at_);
    for (auto& [name, value] : result.assign) state().variables[name] = std::move(value);
    for (const std::string& name : result.reset) state().variables.erase(name);
    const auto* road = node.road(result.value);
    if (road == nullptr) road = node.road("error");
    if (road != nullptr) return road->target;
    state().error = {{"code", "bot_error"},
                     {"message", node.command + " answered with a value that has no road"}};
    handle_error();
    return std::nullopt;
  }

  void show(const DialogNode& node) {
    if (node.message[0].empty() && node.buttons.empty()) return;
    Message message;
    message.text = fill(node.message[state().locale], state());
    message.input_disabled = node.input_disabled;
    if (!node.buttons.empty()) message.asset.kind = AssetKind::buttons;
    for (const flow::Button& button : node.buttons) {
      message.asset.options.push_back({.label = fill(button.label[state().locale], state())});
    }
    say(std::move(message));
  }

  void say(Message message) {
    turn_.effects.emplace_back(
        Say{++state().sequence, std::move(message), state().node, state().answering});
  }

  // Whether a question is asked again when it has not been answered. What was said before the
  // question was seen does not call for that.
  enum class Repeat { no, yes };

  // The chat waits at a node; this is what the consumer answered.
  void answer(const std::string& text, Repeat repeat) {
    const auto& node = std::get<DialogNode>(program_.find(state().node)->does);
    const flow::Button* chosen = choose(node, text);
    const bool free_text_counts = !node.input_disabled && node.next;
    if (text.empty() || (chosen == nullptr && !free_text_counts)) {
      if (repeat == Repeat::yes) show(node);
      return;
    }
    // The label of the default locale is kept, so that data does not depend on the language.
    const std::string value = chosen == nullptr ? text : fill(chosen->label[0], state());
    if (!node.variable.empty()) state().variables[node.variable] = value;
    if (program_.kept.contains(state().node)) state().kept[state().node] = value;
    enter(chosen == nullptr ? *node.next : chosen->target);
  }

  // A button is chosen by its label in any of the solution's languages, squashed.
  const flow::Button* choose(const DialogNode& node, const std::string& text) {
    const std::string wanted = base::squash(text);
    for (const flow::Button& button : node.buttons) {
      for (const flow::Template& label : button.label) {
        const std::string shown = fill(label, state());
        if (shown == text || (!wanted.empty() && base::squash(shown) == wanted)) return &button;
      }
    }
    return nullptr;
  }

  void take_up_held_messages() {
    while (state().phase == Phase::waiting && !state().held.empty()) {
      HeldMessage message = std::move(state().held.front());
      state().held.erase(state().held.begin());
      state().answering = message.input_id;
      state().last_message = std::move(message.text);
      steps_ = 0;
      answer(state().last_message, Repeat::no);
    }
    if (state().phase == Phase::ended) state().held.clear();
  }

  void end(std::string reason) {
    state().phase = Phase::ended;
    state().call.reset();
    state().opening_due.reset();
    state().error.clear();
    state().end_reason = reason;
    turn_.effects.emplace_back(Ended{std::move(reason)});
  }

  const flow::Program& program_;
  const base::Timestamp at_;
  Turn turn_;
  int steps_ = 0;
  bool handling_error_ = false;
};

}  // namespace

State open_chat(const flow::Program& program, const ChatBirth& birth) {
  State state;
  state.program = program.hash;
  state.chat = birth.chat;
  state.consumer = birth.consumer;
  state.locale = program.choose_locale(birth.locale);
  state.user_data = birth.user_data;
  state.created_at = birth.at;
  return state;
}

base::Result<Turn> advance(const flow::Program& program, State state, const Input& input) {
  return Engine(program, std::move(state), input.at).run(input);
}

}  // namespace millrace::dialog
