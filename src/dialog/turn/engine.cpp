#include "dialog/turn/engine.hpp"

#include <utility>

#include "dialog/state/bounds.hpp"
#include "dialog/turn/choices.hpp"

namespace millrace::dialog {

using base::Code;
using base::fail;
using base::Result;

Engine::Engine(const flow::Program& program, State state, base::Timestamp at)
    : draft_(program, std::move(state), at),
      voice_(draft_),
      walk_(draft_, voice_, {questions_, calls_, desk_}),
      calls_(draft_, voice_, walk_),
      desk_(draft_, voice_, walk_, calls_),
      silence_(draft_, voice_, walk_),
      questions_(draft_, voice_, walk_, silence_, asides_),
      asides_(draft_, voice_, walk_, questions_) {}

Result<Turn> Engine::run(const Input& input) && {
  auto taken = std::visit([this](const auto& what) { return take(what); }, input.what);
  if (!taken) return std::unexpected(taken.error());
  questions_.give_again();
  questions_.take_up_held_messages();
  if (auto kept = keep_within_bounds(input); !kept) return std::unexpected(kept.error());
  return std::move(draft_).finish();
}

Result<void> Engine::keep_within_bounds(const Input& input) {
  shed(state());
  if (!draft_.is_outgrown() && weight(state()) <= kStateBytesMax) return {};
  const bool by_others =
      std::holds_alternative<Said>(input.what) || std::holds_alternative<PageEvent>(input.what) ||
      std::holds_alternative<AgentSaid>(input.what) || std::holds_alternative<Assigned>(input.what);
  if (!draft_.is_outgrown() && by_others) {
    return fail(Code::invalid_argument,
                "this is too long: the chat already holds as much as it may");
  }
  // The flow alone has made more than a chat may hold: nothing that it assigned is kept.
  draft_.give_up_what_was_made();
  if (state().phase != Phase::ended) walk_.apologise();
  return {};
}

Result<void> Engine::take(const Started&) {
  if (state().phase != Phase::opened) {
    return fail(Code::already_exists, "the chat has already been started");
  }
  if (program().opening_wait_ms > 0) {
    state().phase = Phase::greeting;
    draft_.set_timer(TimerKind::opening, program().opening_wait_ms);
    return {};
  }
  walk_.begin();
  return {};
}

Result<void> Engine::take(const Said& said) {
  const Phase phase = state().phase;
  if (phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
  if (phase == Phase::opened && !said.starts) {
    return fail(Code::failed_precondition, "the chat has not been started");
  }
  const bool must_wait = phase == Phase::calling || phase == Phase::paused;
  if (must_wait && state().held.size() >= kHeldMessagesMax) {
    return fail(Code::resource_exhausted, "too many messages while an action is running");
  }
  if (!said.channel.empty()) {
    state().channel = said.channel;
    state().address = said.address;
  }
  std::string text = heard(said.text);
  const int64_t sequence = draft_.hear(text);
  if (must_wait) {
    state().held.push_back({said.input_id, std::move(text), said.understood});
    return {};
  }
  if (state().agent) {
    draft_.add(TellAgent{sequence, std::move(text), said.input_id});
    return {};
  }
  state().answering = said.input_id;
  state().streak = 0;
  if (phase == Phase::opened || phase == Phase::greeting) {
    // Whatever is said first is a greeting, not an answer: nothing has been asked yet.
    state().last_message = std::move(text);
    walk_.begin();
    return {};
  }
  if (draft_.question().secure) draft_.hide_what_was_heard();
  state().last_message = draft_.heard_text();
  questions_.answer(text, said.understood, Questions::Repeat::yes);
  return {};
}

Result<void> Engine::take(const TimerDue& due) {
  if (state().timer != due.timer) {
    return fail(Code::not_found, "the timer is no longer awaited");
  }
  state().timer.reset();
  if (state().phase != Phase::calling) state().answering.clear();
  switch (due.timer.kind) {
    case TimerKind::opening: walk_.begin(); break;
    case TimerKind::silence: silence_.break_it(); break;
    case TimerKind::pause: {
      const auto& node = std::get<flow::PauseNode>(program().find(state().node)->does);
      walk_.go_on(node.next);
      break;
    }
    case TimerKind::progress: calls_.tell_progress(); break;
    case TimerKind::limit: calls_.give_up(); break;
    case TimerKind::queue: desk_.nobody_came(flow::RoadKind::timeout); break;
  }
  return {};
}

Result<void> Engine::take(const PageEvent& event) {
  if (state().phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
  if (event.name.empty() || event.name.size() > kEventNameMax) {
    return fail(Code::invalid_argument,
                "an event's name has 1 to " + std::to_string(kEventNameMax) + " bytes", "name");
  }
  if (weight_of(event.detail) > kEventDetailBytesMax) {
    return fail(Code::invalid_argument,
                "an event's detail has at most " + std::to_string(kEventDetailBytesMax) + " bytes",
                "detail");
  }
  if (state().events.size() >= kEventsMax) state().events.erase(state().events.begin());
  state().events.push_back(json::object{{"name", event.name}, {"detail", event.detail}});
  // A page that was opened to be filled in has been left.
  if (state().phase == Phase::waiting && event.name == "webview_closed") questions_.leave_page();
  return {};
}

Result<void> Engine::take(const Adopted& adopted) {
  const bool is_survey = adopted.why == Adopted::Why::survey;
  if (is_survey != (state().phase == Phase::ended) || (is_survey && state().surveyed)) {
    return fail(Code::failed_precondition, "the chat is not where another program could go on");
  }
  state().program = program().hash;
  if (!is_survey) return {};
  state().surveyed = is_survey;
  state().end_reason.clear();
  state().locale = program().choose_locale(state().region);
  state().call.reset();
  state().held.clear();
  state().frames.clear();
  state().history.clear();
  state().again.clear();
  state().ahead.clear();
  state().kept.clear();
  walk_.begin();
  return {};
}

Result<void> Engine::take(const EndRequested& request) {
  if (state().phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
  walk_.end(request.reason);
  return {};
}

Result<void> Engine::take(const Assigned& assigned) {
  if (state().phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
  for (const auto& [name, value] : assigned.variables) {
    if (!flow::is_variable_name(name)) {
      return fail(Code::invalid_argument, "'" + name + "' cannot be a variable: write NAME", name);
    }
    draft_.assign(name, heard(value));
  }
  return {};
}

std::optional<Understood> understand(const flow::Program& program, const State& state,
                                     std::string_view text, base::Timestamp at,
                                     const Reader* reader) {
  const bool is_held = state.phase == Phase::calling || state.phase == Phase::paused;
  if (reader == nullptr || !program.understanding.has_model || state.agent) return std::nullopt;
  if (!is_held && state.phase != Phase::waiting) return std::nullopt;
  const std::string words = heard(text);
  if (words.empty()) return std::nullopt;
  if (!is_held) {
    const flow::Node* here = program.find(state.node);
    const auto* question = here == nullptr ? nullptr : std::get_if<flow::DialogNode>(&here->does);
    if (question == nullptr || question->secure || question->nlu_disabled) return std::nullopt;
    if (Choices(*question, state).meant_by(words) != nullptr) return std::nullopt;
  }
  const base::LocalMoment now{at, json::get_string(state.user_data, "time_zone").value_or(""),
                              program.time_zone};
  return reader->read(words, state.region, now.date());
}

Result<Turn> advance(const flow::Program& program, State state, const Input& input) {
  return Engine(program, std::move(state), input.at).run(input);
}

}  // namespace millrace::dialog
