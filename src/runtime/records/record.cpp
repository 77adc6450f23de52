#include "runtime/records/record.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "base/json_change.hpp"
#include "base/seal.hpp"
#include "dialog/state/names.hpp"
#include "dialog/state/state_change.hpp"
#include "dialog/state/state_v0.hpp"
#include "dialog/state/understood_json.hpp"
#include "runtime/lane/effects.hpp"
#include "runtime/records/record_parts.hpp"
#include "runtime/records/record_v0.hpp"

namespace millrace::runtime {
namespace {

struct InputWriter {
  const dialog::Turn& turn;

  json::object operator()(const dialog::Started&) const { return {{"k", "start"}}; }
  json::object operator()(const dialog::Said& said) const {
    json::object in{
        {"k", "said"}, {"id", said.input_id}, {"text", turn.said}, {"seq", turn.said_sequence}};
    if (said.starts) in["starts"] = true;
    if (!said.channel.empty()) {
      in["channel"] = said.channel;
      in["address"] = said.address;
    }
    if (said.understood) in["understood"] = dialog::to_json(*said.understood);
    return in;
  }
  json::object operator()(const dialog::CallEnded& ended) const {
    return {{"k", "call"},
            {"key", ended.key},
            {"end", dialog::kCallEnds(ended.end)},
            {"result", ended.result},
            {"message", ended.message}};
  }
  json::object operator()(const dialog::TimerDue& due) const {
    return {{"k", "due"}, {"kind", dialog::kTimerKinds(due.timer.kind)}, {"due", due.timer.due.ms}};
  }
  json::object operator()(const dialog::PageEvent& event) const {
    return {{"k", "event"}, {"name", event.name}, {"detail", event.detail}};
  }
  json::object operator()(const dialog::Adopted& adopted) const {
    return {{"k", "adopted"}, {"why", dialog::kAdoptions(adopted.why)}};
  }
  json::object operator()(const dialog::EndRequested& end) const {
    return {{"k", "end"}, {"reason", end.reason}};
  }
  json::object operator()(const dialog::AgentOffered& offered) const {
    return {{"k", "offered"}, {"skill", offered.skill}};
  }
  json::object operator()(const dialog::AgentJoined& joined) const {
    return {{"k", "joined"}, {"agent", joined.agent}, {"name", joined.name}};
  }
  json::object operator()(const dialog::AgentSaid& said) const {
    return {{"k", "agent_said"}, {"id", said.input_id}, {"agent", said.agent}, {"text", said.text}};
  }
  json::object operator()(const dialog::AgentLeft& left) const {
    return {{"k", "left"}, {"agent", left.agent}, {"to", left.to}};
  }
  json::object operator()(const dialog::NoAgent&) const { return {{"k", "no_agent"}}; }
  json::object operator()(const dialog::Assigned& assigned) const {
    json::object variables;
    for (const auto& [name, value] : assigned.variables) variables[name] = value;
    return {{"k", "assigned"}, {"variables", std::move(variables)}};
  }
};

// Takes out of an input what the state keeps secret; true when there was something.
bool mask(const dialog::Turn& turn, const dialog::Input* input, json::object& in) {
  if (input == nullptr) return false;
  if (const auto* said = std::get_if<dialog::Said>(&input->what)) {
    // What is held may answer a secure question later.
    const bool is_held =
        !turn.state.held.empty() && turn.state.held.back().input_id == said->input_id;
    if (is_held) in["text"] = dialog::kMask;
    // It may repeat what is masked.
    if (is_held || turn.said == dialog::kMask) in.erase("understood");
    return is_held || turn.said != said->text;
  }
  auto* result = in.if_contains("result");
  if (result == nullptr) result = in.if_contains("variables");
  if (result == nullptr || !result->is_object()) return false;
  bool masked = false;
  for (auto& member : result->get_object()) {
    if (!turn.state.secrets.contains(std::string_view(member.key()))) continue;
    member.value() = dialog::kMask;
    masked = true;
  }
  return masked;
}

json::object input_as_it_was(const dialog::Turn& turn, const dialog::Input& input) {
  json::object in = std::visit(InputWriter{turn}, input.what);
  if (const auto* said = std::get_if<dialog::Said>(&input.what)) in["text"] = said->text;
  return in;
}

json::object sealed_of(const dialog::State& after, const dialog::State* before) {
  if (before != nullptr && dialog::same_sealed_part(*before, after)) return {};
  json::object now = dialog::sealed_part(after);
  if (before == nullptr) return now;
  json::object change = json::change_of(dialog::sealed_part(*before), now);
  if (change.empty()) return {};
  return {{"change", std::move(change)}};
}

// A change of a state, beside whose it is, with `true` for what has just been said.
json::object changed_state(const dialog::State& after, json::object change, std::string_view said) {
  json::object out{{"consumer", after.consumer.to_string()}, {"chat", after.chat.to_string()}};
  constexpr size_t kWorthIt = 8;  // bytes
  if (said.size() >= kWorthIt) {
    each_text_of(change, [&](json::value& text) {
      if (text.is_string() && text.get_string() == said) text = true;
    });
  }
  for (auto& member : change) out[member.key()] = std::move(member.value());
  return out;
}

void abbreviate_id(json::object& object, std::string_view name, std::string_view id) {
  json::value* found = object.if_contains(name);
  if (found != nullptr && found->is_string() && found->get_string() == id) *found = true;
}

// What the record's reader (expand, record_parse.cpp) puts back.
void abbreviate(json::object& record, const dialog::Turn& turn) {
  const json::object& in = record["in"].get_object();
  const std::string id(json::get_string(in, "id").value_or(""));
  int64_t last = turn.said_sequence;
  if (json::value* out = record.if_contains("out")) {
    for (json::value& item : out->get_array()) {
      json::object& message = item.get_object();
      if (!id.empty()) abbreviate_id(message, "re", id);
      const int64_t sequence = message["seq"].get_int64();
      if (last != 0 && sequence == last + 1) message.stable_erase(message.find("seq"));
      last = sequence;
    }
  }
  if (!record.contains("since")) return;
  json::object& change = record["state"].get_object();
  json::object* set = object_at(change, "=");
  if (set != nullptr && !id.empty()) abbreviate_id(*set, "answering", id);
  if (last == 0) return;  // nothing was said
  if (turn.state.sequence != last) {
    if (set == nullptr) set = &change["="].emplace_object();
    (*set)["seq"] = turn.state.sequence;
  } else if (set != nullptr && set->contains("seq")) {
    set->stable_erase(set->find("seq"));
  }
}

}  // namespace

base::Id message_id(base::Id chat, int64_t sequence) {
  return base::Id::derived("message", std::string(chat.as_bytes()) + std::to_string(sequence));
}

std::optional<base::Timestamp> due_of(const dialog::State& state) {
  if (state.call && !state.call->left_pending) return base::Timestamp{0};
  if (state.timer) return state.timer->due;
  return std::nullopt;
}

InputMark mark_of(std::string_view input_id) {
  constexpr uint64_t kKey = 0x6d61726b73;  // any; a mark is stored, so it stays what it is
  return base::checksum(kKey, input_id);
}

std::vector<InputMark> marks_of(const dialog::Turn& turn, const dialog::Input* input) {
  std::vector<InputMark> marks;
  const auto note = [&](std::string_view id) {
    if (id.empty()) return;
    const InputMark mark = mark_of(id);
    if (std::ranges::find(marks, mark) == marks.end()) marks.push_back(mark);
  };
  if (input != nullptr) {
    if (const auto* said = std::get_if<dialog::Said>(&input->what)) note(said->input_id);
  }
  for (const dialog::Effect& effect : turn.effects) {
    if (const auto* say = std::get_if<dialog::Say>(&effect)) note(say->reply_to);
  }
  return marks;
}

std::string write_record(const dialog::Turn& turn, const dialog::Input* input, base::Timestamp at,
                         std::string_view key, const dialog::State* before, int since,
                         int version) {
  const bool is_former = version == 0;
  json::object record;
  if (!is_former) record["v"] = kRecordVersion;
  record["at"] = at.ms;
  json::object in =
      input == nullptr ? json::object{{"k", "open"}} : std::visit(InputWriter{turn}, input->what);
  json::object sealed = sealed_of(turn.state, before);
  if (mask(turn, input, in)) {
    json::object was = input_as_it_was(turn, *input);
    sealed["in"] = is_former ? input_to_version_0(std::move(was)) : std::move(was);
  }
  const std::string said(json::get_string(in, "text").value_or(""));
  record["in"] = is_former ? input_to_version_0(std::move(in)) : std::move(in);
  write_effects(turn, record);
  if (before == nullptr) {
    record["state"] = is_former ? dialog::to_version_0(turn.state) : dialog::to_json(turn.state);
  } else {
    record["since"] = since;
    record["state"] = changed_state(
        turn.state,
        is_former ? json::change_of(dialog::to_version_0(*before), dialog::to_version_0(turn.state))
                  : dialog::change_of(*before, turn.state),
        said);
  }
  if (!is_former) abbreviate(record, turn);
  if (!sealed.empty()) {
    record["sealed"] =
        base::seal(key, seal_context(turn.state.chat, turn.state.turn), json::serialize(sealed));
  }
  return json::serialize(record);
}

ChatFacts facts_of(const dialog::Turn& turn, base::Timestamp at, std::string_view solution) {
  const dialog::State& state = turn.state;
  return {state.chat,
          std::string(solution),
          state.program,
          std::string(to_string(state.phase)),
          state.turn,
          state.created_at,
          at};
}

std::vector<ChatMessage> bot_messages(const dialog::Turn& turn, base::Timestamp at) {
  std::vector<ChatMessage> messages;
  for (const dialog::Effect& effect : turn.effects) {
    const auto* say = std::get_if<dialog::Say>(&effect);
    if (say == nullptr) continue;
    messages.push_back({message_id(turn.state.chat, say->sequence), say->sequence,
                        say->agent.empty() ? Side::bot : Side::agent, say->message, say->node,
                        say->reply_to, at, say->agent, say->agent_name});
  }
  return messages;
}

}  // namespace millrace::runtime
