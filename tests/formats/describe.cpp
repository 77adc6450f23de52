#include "tests/formats/describe.hpp"

namespace millrace::formats {
namespace {

// No table of the product's is used here: each enumerator has its word by a switch.
std::string_view word(dialog::Phase phase) {
  switch (phase) {
    case dialog::Phase::opened: return "opened";
    case dialog::Phase::greeting: return "greeting";
    case dialog::Phase::waiting: return "waiting";
    case dialog::Phase::calling: return "calling";
    case dialog::Phase::paused: return "paused";
    case dialog::Phase::queued: return "queued";
    case dialog::Phase::with_agent: return "with_agent";
    case dialog::Phase::ended: return "ended";
  }
  return "?";
}

std::string_view word(dialog::TimerKind kind) {
  switch (kind) {
    case dialog::TimerKind::opening: return "opening";
    case dialog::TimerKind::silence: return "silence";
    case dialog::TimerKind::pause: return "pause";
    case dialog::TimerKind::progress: return "progress";
    case dialog::TimerKind::limit: return "limit";
    case dialog::TimerKind::queue: return "queue";
  }
  return "?";
}

std::string_view word(dialog::CallEnd end) {
  switch (end) {
    case dialog::CallEnd::returned: return "returned";
    case dialog::CallEnd::raised: return "raised";
    case dialog::CallEnd::timed_out: return "timed_out";
    case dialog::CallEnd::crashed: return "crashed";
    case dialog::CallEnd::refused: return "refused";
    case dialog::CallEnd::unknown: return "unknown";
  }
  return "?";
}

std::string_view word(dialog::Adopted::Why why) {
  switch (why) {
    case dialog::Adopted::Why::survey: return "survey";
    case dialog::Adopted::Why::migrated: return "migrated";
    case dialog::Adopted::Why::restarted: return "restarted";
  }
  return "?";
}

json::object texts(const std::map<std::string, std::string, std::less<>>& from) {
  json::object out;
  for (const auto& [name, text] : from) out[name] = text;
  return out;
}

json::array answers(const std::vector<dialog::Answered>& from) {
  json::array out;
  for (const dialog::Answered& one : from) {
    json::object item{{"node", one.node}, {"text", one.text}, {"frames", one.frames}};
    if (one.before) item["before"] = *one.before;
    out.push_back(std::move(item));
  }
  return out;
}

json::object timer(const dialog::Timer& timer) {
  return {{"kind", word(timer.kind)}, {"due", timer.due.ms}};
}

void describe_lists(const dialog::State& state, json::object& out) {
  json::array held;
  for (const dialog::HeldMessage& message : state.held) {
    held.push_back(json::object{{"id", message.input_id}, {"text", message.text}});
  }
  json::array frames;
  for (const dialog::Frame& frame : state.frames) {
    const bool is_call = frame.kind == dialog::Frame::Kind::call;
    frames.push_back(
        json::object{{"kind", is_call ? "call" : "interruption"}, {"node", frame.node}});
  }
  json::array readings;
  for (const ask::Candidate& reading : state.candidates) {
    readings.push_back(json::object{{"value", reading.value}, {"label", reading.label}});
  }
  json::object kept;
  for (const auto& [node, value] : state.kept) kept[std::to_string(node)] = value;
  out["held"] = std::move(held);
  out["frames"] = std::move(frames);
  out["readings"] = std::move(readings);
  out["kept"] = std::move(kept);
  out["history"] = answers(state.history);
  out["again"] = answers(state.again);
  out["events"] = state.events;
}

struct Telling {
  json::object operator()(const dialog::Started&) const { return {{"what", "started"}}; }
  json::object operator()(const dialog::Said& said) const {
    return {{"what", "said"}, {"id", said.input_id}, {"text", said.text}, {"starts", said.starts}};
  }
  json::object operator()(const dialog::CallEnded& ended) const {
    return {{"what", "call ended"},
            {"key", ended.key},
            {"end", word(ended.end)},
            {"result", ended.result},
            {"message", ended.message}};
  }
  json::object operator()(const dialog::TimerDue& due) const {
    return {{"what", "timer due"}, {"timer", timer(due.timer)}};
  }
  json::object operator()(const dialog::PageEvent& event) const {
    return {{"what", "page event"}, {"name", event.name}, {"detail", event.detail}};
  }
  json::object operator()(const dialog::Adopted& adopted) const {
    return {{"what", "adopted"}, {"why", word(adopted.why)}};
  }
  json::object operator()(const dialog::EndRequested& end) const {
    return {{"what", "end requested"}, {"reason", end.reason}};
  }
  json::object operator()(const dialog::AgentOffered& offered) const {
    return {{"what", "agent offered"}, {"skill", offered.skill}};
  }
  json::object operator()(const dialog::AgentJoined& joined) const {
    return {{"what", "agent joined"}, {"agent", joined.agent}, {"name", joined.name}};
  }
  json::object operator()(const dialog::AgentSaid& said) const {
    return {
        {"what", "agent said"}, {"id", said.input_id}, {"agent", said.agent}, {"text", said.text}};
  }
  json::object operator()(const dialog::AgentLeft& left) const {
    return {{"what", "agent left"}, {"agent", left.agent}, {"to", left.to}};
  }
  json::object operator()(const dialog::NoAgent&) const { return {{"what", "no agent"}}; }
  json::object operator()(const dialog::Assigned& assigned) const {
    json::object out{{"what", "assigned"}};
    for (const auto& [name, value] : assigned.variables) out[name] = value;
    return out;
  }
};

}  // namespace

// How the receiver that was there first knows the consumer, as the former state had it.
static json::value braze_of(const dialog::State& state) {
  const auto known = state.known_as.find("braze");
  if (known != state.known_as.end()) return known->second;
  return json::object{{"user", json::object()}, {"alias", false}};
}

json::object describe(const dialog::State& state) {
  json::object out{{"program", state.program},
                   {"chat", state.chat.to_string()},
                   {"consumer", state.consumer.to_string()},
                   {"environment", state.environment},
                   {"phase", word(state.phase)},
                   {"node", state.node},
                   {"locale", state.locale},
                   {"region", state.region},
                   {"variables", texts(state.variables)},
                   {"secrets", texts(state.secrets)},
                   {"user data", state.user_data},
                   {"global props", state.global_props},
                   {"last message", state.last_message},
                   {"answering", state.answering},
                   {"tries", state.tries},
                   {"reminders", state.reminders},
                   {"streak", state.streak},
                   {"braze", braze_of(state)},
                   {"error", state.error},
                   {"turn", state.turn},
                   {"sequence", state.sequence},
                   {"created", state.created_at.ms},
                   {"end reason", state.end_reason},
                   {"surveyed", state.surveyed}};
  describe_lists(state, out);
  if (state.call) {
    const dialog::PendingCall& call = *state.call;
    out["call"] = json::object{{"key", call.key},
                               {"node", call.node},
                               {"made", call.made_at.ms},
                               {"pending", call.left_pending},
                               {"told", call.told}};
  }
  if (state.timer) out["timer"] = timer(*state.timer);
  return out;
}

json::object describe(const dialog::Input& input) {
  json::object out = std::visit(Telling{}, input.what);
  out["at"] = input.at.ms;
  return out;
}

json::array describe(const std::vector<runtime::ChatMessage>& messages) {
  json::array out;
  for (const runtime::ChatMessage& message : messages) {
    out.push_back(json::object{
        {"id", message.id.to_string()},
        {"sequence", message.sequence},
        {"side", message.side == runtime::Side::consumer ? "consumer" : "bot"},
        {"text", message.content.text},
        {"asset", static_cast<int>(message.content.asset.kind)},
        {"options", message.content.asset.options.size() + message.content.asset.cards.size()},
        {"off", message.content.input_disabled},
        {"secure", message.content.secure},
        {"node", message.node},
        {"input", message.input_id},
        {"at", message.at.ms}});
  }
  return out;
}

}  // namespace millrace::formats
