#include "app/operators/shown_talk.hpp"

#include "dialog/render.hpp"
#include "dialog/state/names.hpp"

namespace millrace::app {
namespace {

json::object shown(const trial::Stub& stub) {
  return {{"end", dialog::kCallEnds(stub.end)}, {"result", stub.result}, {"message", stub.message}};
}

struct ShownMove {
  json::object operator()(const trial::Start&) const { return {{"start", true}}; }
  json::object operator()(const trial::Say& say) const { return {{"text", say.text}}; }
  json::object operator()(const trial::Wait& wait) const { return {{"skip_ms", wait.ms}}; }
  json::object operator()(const trial::PageEvent& event) const {
    return {{"event", json::object{{"name", event.name}, {"detail", event.detail}}}};
  }
  json::object operator()(const trial::AgentDoes& agent) const {
    switch (agent.what) {
      case trial::AgentDoes::What::joins: return {{"agent", "joins"}};
      case trial::AgentDoes::What::leaves: return {{"agent", "leaves"}};
      case trial::AgentDoes::What::unavailable: return {{"agent", "unavailable"}};
      case trial::AgentDoes::What::says: break;
    }
    return {{"agent_says", agent.text}};
  }
  json::object operator()(const trial::Answer& answer) const {
    return {{"action_result", shown(answer.stub)}};
  }
};

json::array shown_calls(const std::vector<trial::TalkCall>& calls) {
  json::array out;
  for (const trial::TalkCall& call : calls) {
    json::object one{{"key", call.key},
                     {"command", call.command},
                     {"payload", call.payload},
                     {"owed", call.is_owed}};
    if (call.answer) one["answer"] = shown(*call.answer);
    out.emplace_back(std::move(one));
  }
  return out;
}

}  // namespace

json::object shown(const trial::TalkTurn& turn, const flow::Capabilities* channel) {
  json::array said;
  json::array rendered;
  for (const dialog::Message& message : turn.said) {
    said.emplace_back(dialog::to_json(message));
    if (channel == nullptr) continue;
    for (const dialog::Rendered& each : dialog::render(message, *channel)) {
      rendered.emplace_back(dialog::to_json(each));
    }
  }
  json::array roads;
  for (const trial::TalkRoad& road : turn.roads) {
    roads.emplace_back(json::object{{"from", road.from},
                                    {"to", road.to},
                                    {"kind", trial::road_word(road.kind)},
                                    {"label", road.label}});
  }
  json::array tracked;
  for (const dialog::Track& track : turn.tracked) {
    tracked.emplace_back(json::object{{"name", track.name}, {"properties", track.properties}});
  }
  json::object variables;
  for (const auto& [name, value] : turn.variables) {
    variables[name] = value ? json::value(*value) : json::value(nullptr);
  }
  json::object out{{"number", turn.number},
                   {"move", std::visit(ShownMove(), turn.move)},
                   {"at", base::to_iso8601(turn.at)},
                   {"said", std::move(said)},
                   {"roads", std::move(roads)},
                   {"calls", shown_calls(turn.calls)},
                   {"tracked", std::move(tracked)},
                   {"variables", std::move(variables)},
                   {"node", turn.node},
                   {"phase", dialog::kPhases(turn.state.phase)}};
  if (channel != nullptr) out["rendered"] = std::move(rendered);
  if (turn.state.timer) {
    out["timer"] = json::object{{"kind", dialog::kTimerKinds(turn.state.timer->kind)},
                                {"due", base::to_iso8601(turn.state.timer->due)}};
  }
  if (!turn.state.end_reason.empty()) out["end_reason"] = turn.state.end_reason;
  return out;
}

}  // namespace millrace::app
