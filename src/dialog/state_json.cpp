#include <array>

#include "dialog/dialog.hpp"
#include "dialog/state_parts.hpp"

namespace millrace::dialog {
namespace parts {

json::object answer(const Answered& answered) {
  json::object item{{"node", answered.node}};
  if (!answered.text.empty()) item["text"] = answered.text;
  if (answered.before) item["before"] = *answered.before;
  if (answered.frames != 0) item["frames"] = answered.frames;
  return item;
}

json::array answers(const std::vector<Answered>& answers) {
  json::array out;
  out.reserve(answers.size());
  for (const Answered& answered : answers) out.push_back(answer(answered));
  return out;
}

json::object texts(const std::map<std::string, std::string, std::less<>>& texts) {
  json::object out;
  out.reserve(texts.size());
  for (const auto& [name, text] : texts) out.emplace(name, text);
  return out;
}

json::array kept(const State& state) {
  json::array out;
  for (const auto& [node, value] : state.kept) out.push_back(json::array{node, value});
  return out;
}

json::object call(const PendingCall& call) {
  json::object out{{"key", call.key}, {"node", call.node}, {"at", call.made_at.ms}};
  if (call.left_pending) out["pending"] = true;
  if (call.told) out["told"] = true;
  return out;
}

json::object agent(const Seat& seat) {
  json::object out{{"node", seat.node}, {"asked", seat.asked_at.ms}};
  if (!seat.skill.empty()) out["skill"] = seat.skill;
  if (seat.back) out["back"] = *seat.back;
  if (seat.id.empty()) return out;
  out["id"] = seat.id;
  out["name"] = seat.name;
  out["joined"] = seat.joined_at.ms;
  return out;
}

json::object braze(const BrazeUser& user) {
  return {{"user", user.identifier}, {"alias", user.alias_used}};
}

json::array frames(const State& state) {
  json::array out;
  for (const Frame& frame : state.frames) {
    out.push_back(
        json::object{{"kind", kFrames[static_cast<size_t>(frame.kind)]}, {"node", frame.node}});
  }
  return out;
}

json::array which(const State& state) {
  json::array out;
  for (const ask::Candidate& reading : state.candidates) {
    out.push_back(json::object{{"value", reading.value}, {"label", reading.label}});
  }
  return out;
}

json::object timer(const Timer& timer) {
  return {{"kind", kTimers[static_cast<size_t>(timer.kind)]}, {"due", timer.due.ms}};
}

}  // namespace parts

namespace {

using parts::kFrames;
using parts::kTimers;

constexpr std::array<std::string_view, 8> kPhases{"opened", "greeting", "waiting",    "calling",
                                                  "paused", "queued",   "with_agent", "ended"};

base::Result<Phase> phase_from(std::string_view name) {
  for (size_t i = 0; i < kPhases.size(); ++i) {
    if (kPhases[i] == name) return static_cast<Phase>(i);
  }
  return base::fail(base::Code::data_loss, "unknown phase '" + std::string(name) + "'");
}

std::string text_or_empty(const json::object& object, std::string_view key) {
  return std::string(json::get_string(object, key).value_or(""));
}

template <size_t N>
size_t index_of(const std::array<std::string_view, N>& names, std::string_view name) {
  for (size_t i = 0; i < N; ++i) {
    if (names[i] == name) return i;
  }
  return 0;
}

int small(const json::object& object, std::string_view key) {
  return static_cast<int>(json::get_integer(object, key).value_or(0));
}

std::vector<Answered> answers_from_json(const json::object& object, std::string_view key) {
  std::vector<Answered> out;
  const auto* items = json::get_array(object, key);
  if (items == nullptr) return out;
  for (const json::value& value : *items) {
    const auto* item = value.if_object();
    if (item == nullptr) continue;
    Answered answered{small(*item, "node"), text_or_empty(*item, "text"), std::nullopt,
                      static_cast<size_t>(small(*item, "frames"))};
    if (const auto before = json::get_string(*item, "before")) answered.before = *before;
    out.push_back(std::move(answered));
  }
  return out;
}

base::Timestamp moment(const json::object& object, std::string_view key) {
  return base::Timestamp{json::get_integer(object, key).value_or(0)};
}

void read_talk(const json::object& object, State& state) {
  if (const auto* frames = json::get_array(object, "frames")) {
    for (const json::value& value : *frames) {
      if (const auto* frame = value.if_object()) {
        const auto kind = index_of(kFrames, text_or_empty(*frame, "kind"));
        state.frames.push_back({static_cast<Frame::Kind>(kind), small(*frame, "node")});
      }
    }
  }
  state.history = answers_from_json(object, "history");
  state.again = answers_from_json(object, "again");
  if (const auto* readings = json::get_array(object, "which")) {
    for (const json::value& value : *readings) {
      if (const auto* reading = value.if_object()) {
        state.candidates.push_back(
            {text_or_empty(*reading, "value"), text_or_empty(*reading, "label")});
      }
    }
  }
  state.tries = small(object, "tries");
  state.reminders = small(object, "reminders");
  state.streak = small(object, "streak");
  if (const auto* events = json::get_array(object, "events")) state.events = *events;
  if (const auto* props = json::get_object(object, "props")) state.global_props = *props;
  if (const auto* timer = json::get_object(object, "timer")) {
    const auto kind = index_of(kTimers, text_or_empty(*timer, "kind"));
    state.timer = Timer{static_cast<TimerKind>(kind),
                        base::Timestamp{json::get_integer(*timer, "due").value_or(0)}};
  }
}

void write_talk(const State& state, json::object& out) {
  if (!state.frames.empty()) out["frames"] = parts::frames(state);
  if (!state.history.empty()) out["history"] = parts::answers(state.history);
  if (!state.again.empty()) out["again"] = parts::answers(state.again);
  if (!state.candidates.empty()) out["which"] = parts::which(state);
  if (state.tries != 0) out["tries"] = state.tries;
  if (state.reminders != 0) out["reminders"] = state.reminders;
  if (state.streak != 0) out["streak"] = state.streak;
  if (!state.events.empty()) out["events"] = state.events;
  if (!state.global_props.empty()) out["props"] = state.global_props;
  if (state.timer) out["timer"] = parts::timer(*state.timer);
}

void read_collections(const json::object& object, State& state) {
  if (const auto* variables = json::get_object(object, "vars")) {
    for (const auto& member : *variables) {
      state.variables.emplace(member.key(), json::to_text(member.value()));
    }
  }
  if (const auto* kept = json::get_array(object, "kept")) {
    for (const json::value& item : *kept) {
      const auto* pair = item.if_array();
      if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_int64()) continue;
      state.kept.emplace(static_cast<flow::NodeNumber>((*pair)[0].get_int64()), (*pair)[1]);
    }
  }
  if (const auto* user_data = json::get_object(object, "user")) state.user_data = *user_data;
  if (const auto* error = json::get_object(object, "error")) state.error = *error;
  if (const auto* call = json::get_object(object, "call")) {
    state.call =
        PendingCall{text_or_empty(*call, "key"),
                    static_cast<flow::NodeNumber>(json::get_integer(*call, "node").value_or(0)),
                    moment(*call, "at"), json::get_bool(*call, "pending").value_or(false),
                    json::get_bool(*call, "told").value_or(false)};
  }
  if (const auto* agent = json::get_object(object, "agent")) {
    state.agent = Seat{small(*agent, "node"),
                       text_or_empty(*agent, "skill"),
                       moment(*agent, "asked"),
                       text_or_empty(*agent, "id"),
                       text_or_empty(*agent, "name"),
                       moment(*agent, "joined"),
                       std::nullopt};
    if (agent->contains("back")) state.agent->back = small(*agent, "back");
  }
  if (const auto* braze = json::get_object(object, "braze")) {
    if (const auto* user = json::get_object(*braze, "user")) state.braze.identifier = *user;
    state.braze.alias_used = json::get_bool(*braze, "alias").value_or(false);
  }
}

}  // namespace

std::string_view to_string(Phase phase) {
  return kPhases[static_cast<size_t>(phase)];
}

json::object to_json(const State& state) {
  json::object out;
  out.reserve(24);
  out["program"] = state.program;
  out["chat"] = state.chat.to_string();
  out["consumer"] = state.consumer.to_string();
  out["env"] = state.environment;
  if (!state.channel.empty()) out["channel"] = state.channel;
  if (!state.address.empty()) out["address"] = state.address;
  out["phase"] = to_string(state.phase);
  out["node"] = state.node;
  out["turn"] = state.turn;
  out["seq"] = state.sequence;
  out["born"] = state.created_at.ms;
  if (state.locale != 0) out["locale"] = state.locale;
  out["region"] = state.region;
  if (!state.variables.empty()) out["vars"] = parts::texts(state.variables);
  if (!state.kept.empty()) out["kept"] = parts::kept(state);
  if (!state.user_data.empty()) out["user"] = state.user_data;
  if (!state.last_message.empty()) out["last"] = state.last_message;
  if (!state.answering.empty()) out["answering"] = state.answering;
  if (state.call) out["call"] = parts::call(*state.call);
  if (state.agent) out["agent"] = parts::agent(*state.agent);
  if (parts::has_braze(state)) out["braze"] = parts::braze(state.braze);
  write_talk(state, out);
  if (state.surveyed) out["surveyed"] = true;
  if (!state.error.empty()) out["error"] = state.error;
  if (!state.end_reason.empty()) out["ended"] = state.end_reason;
  return out;
}

json::object sealed_part(const State& state) {
  json::object out;
  if (!state.secrets.empty()) out["secrets"] = parts::texts(state.secrets);
  if (!state.held.empty()) {
    json::array held;
    for (const HeldMessage& message : state.held) {
      held.push_back(json::object{{"id", message.input_id}, {"text", message.text}});
    }
    out["held"] = std::move(held);
  }
  return out;
}

void restore_sealed(State& state, const json::object& part) {
  if (const auto* secrets = json::get_object(part, "secrets")) {
    for (const auto& member : *secrets) {
      state.secrets.emplace(member.key(), json::to_text(member.value()));
    }
  }
  if (const auto* held = json::get_array(part, "held")) {
    for (const json::value& item : *held) {
      if (const auto* message = item.if_object()) {
        state.held.push_back({text_or_empty(*message, "id"), text_or_empty(*message, "text")});
      }
    }
  }
}

base::Result<State> state_from_json(const json::object& object) {
  State state;
  const auto phase = phase_from(json::get_string(object, "phase").value_or(""));
  if (!phase) return std::unexpected(phase.error());
  const auto chat = base::Id::parse(json::get_string(object, "chat").value_or(""));
  const auto consumer = base::Id::parse(json::get_string(object, "consumer").value_or(""));
  if (!chat || !consumer) return base::fail(base::Code::data_loss, "a state without its ids");
  state.program = text_or_empty(object, "program");
  state.chat = *chat;
  state.consumer = *consumer;
  state.phase = *phase;
  state.node = static_cast<flow::NodeNumber>(json::get_integer(object, "node").value_or(0));
  state.turn = json::get_integer(object, "turn").value_or(0);
  state.sequence = json::get_integer(object, "seq").value_or(0);
  state.created_at = moment(object, "born");
  state.locale = static_cast<size_t>(json::get_integer(object, "locale").value_or(0));
  state.last_message = text_or_empty(object, "last");
  state.answering = text_or_empty(object, "answering");
  state.end_reason = text_or_empty(object, "ended");
  state.surveyed = json::get_bool(object, "surveyed").value_or(false);
  state.environment = text_or_empty(object, "env");
  state.channel = text_or_empty(object, "channel");
  state.address = text_or_empty(object, "address");
  state.region = text_or_empty(object, "region");
  read_collections(object, state);
  read_talk(object, state);
  return state;
}

}  // namespace millrace::dialog
