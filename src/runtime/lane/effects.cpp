#include "runtime/lane/effects.hpp"

#include <algorithm>

#include "dialog/render.hpp"
#include "dialog/state/names.hpp"
#include "runtime/records/record.hpp"
#include "runtime/runtime.hpp"

namespace millrace::runtime {
namespace {

// As the channel can show it; one that nobody knows, as the answer of the REST channel.
json::array rendered(const dialog::Message& message, std::string_view channel) {
  const auto* known = flow::find_channel(channel);
  json::array out;
  for (const dialog::Rendered& part :
       dialog::render(message, known != nullptr ? *known : *flow::find_channel("rest"))) {
    out.push_back(dialog::to_json(part));
  }
  return out;
}

struct Owing {
  const dialog::Turn& turn;
  const flow::Program& program;
  base::Timestamp at;
  std::vector<Delivery> rows;
  int hand_overs = 0;

  void owe(std::string key, std::string receiver, std::string kind, json::object body) {
    rows.push_back({std::move(key), turn.state.consumer, turn.state.chat.to_string(),
                    program.solution, turn.state.environment, std::move(receiver), std::move(kind),
                    std::move(body)});
  }
  void tell(const std::string& receiver, const std::string& key, std::string_view type,
            json::object data) {
    const auto found = program.receivers.find(receiver);
    if (found == program.receivers.end() || found->second.kind->tell == nullptr) return;
    auto owed = found->second.kind->tell(
        {turn.state.chat.to_string() + ":" + key, turn.state.consumer, turn.state.chat, at}, type,
        std::move(data));
    owe(std::move(owed.key), receiver, std::move(owed.kind), std::move(owed.body));
  }
  void tell_of_turn(const Teller& teller) {
    const dialog::State& state = turn.state;
    if (program.webhook_mode.empty() || state.channel != "web" || state.address.empty()) return;
    // What a survey follows on has not ended for the consumer.
    const bool ends = std::ranges::any_of(turn.effects, [&](const dialog::Effect& effect) {
      const auto* ended = std::get_if<dialog::Ended>(&effect);
      return ended != nullptr &&
             (program.survey.empty() || state.surveyed || ended->reason != dialog::kEndCompleted);
    });
    int count = 0;
    for (json::object& event : teller.events_of(turn, bot_messages(turn, at), ends)) {
      tell(program.webhook_mode, std::to_string(state.turn) + ":w" + std::to_string(++count),
           "engagement.event", {{"url", state.address}, {"event", std::move(event)}});
    }
  }
  json::object whereabouts() const {
    return {{"channel", turn.state.channel}, {"address", turn.state.address}};
  }

  void operator()(const dialog::Owe& owed) { owe(owed.key, owed.receiver, owed.kind, owed.body); }
  void operator()(const dialog::Say& say) {
    const auto receiver = program.pushed.find(turn.state.channel);
    if (receiver == program.pushed.end()) return;
    json::object data = whereabouts();
    data["sequence"] = say.sequence;
    data["messages"] = rendered(say.message, turn.state.channel);
    // "~" begins ids that are none of the consumer's.
    if (!say.reply_to.empty() && !say.reply_to.starts_with('~')) {
      data["reply_to"] = sender_message_id(say.reply_to);
    }
    if (!say.agent.empty()) {
      data["agent"] = json::object{{"id", say.agent}, {"name", say.agent_name}};
    }
    // Every message of a chat has a number of its own.
    tell(receiver->second, "said:" + std::to_string(say.sequence), "message.said", std::move(data));
  }
  void operator()(const dialog::HandOver& step) {
    if (program.hand_overs.empty()) return;
    json::object data = whereabouts();
    data["skill"] = step.skill;
    data["since"] = base::to_iso8601(step.asked_at);
    if (!step.agent.empty()) data["agent"] = json::object{{"id", step.agent}, {"name", step.name}};
    if (!step.why.empty()) data["why"] = step.why;
    tell(program.hand_overs, std::to_string(turn.state.turn) + ":h" + std::to_string(++hand_overs),
         "handover." + std::string(dialog::kHandOverSteps(step.step)), std::move(data));
  }
  // Made by this server, once the turn is durable.
  void operator()(const dialog::Call&) {}
  void operator()(const dialog::AwaitDelivery&) {}
  void operator()(const dialog::SetTimer&) {}
  // Agents are told as those who listen.
  void operator()(const dialog::TellAgent&) {}
  // Kept in the record, for reports.
  void operator()(const dialog::Track&) {}
  void operator()(const dialog::Ended&) {}
};

struct Doing {
  ToDo list;

  void operator()(const dialog::Call& call) { list.calls.push_back(&call); }
  void operator()(const dialog::AwaitDelivery& awaited) { list.awaited.push_back(&awaited); }
  void operator()(const dialog::HandOver& step) { list.handed_over.push_back(&step); }
  void operator()(const dialog::TellAgent& said) { list.to_agent.push_back(&said); }
  void operator()(const dialog::Ended& ended) { list.ended = &ended; }
  // bot_messages() has these, with their ids.
  void operator()(const dialog::Say&) {}
  // Rows of the turn already; the sender is told how many.
  void operator()(const dialog::Owe&) {}
  // The state says when, and the lane keeps the time by it.
  void operator()(const dialog::SetTimer&) {}
  void operator()(const dialog::Track&) {}
};

struct Writing {
  json::array out;
  json::array tracked;
  json::array owed;

  void operator()(const dialog::Say& say) {
    json::object message = dialog::to_json(say.message);
    message["seq"] = say.sequence;
    if (say.node != 0) message["node"] = say.node;
    if (!say.reply_to.empty()) message["re"] = say.reply_to;
    if (!say.agent.empty()) message["agent"] = json::array{say.agent, say.agent_name};
    out.push_back(std::move(message));
  }
  void operator()(const dialog::Track& track) {
    json::object event{{"name", track.name}, {"properties", track.properties}};
    if (!track.retention_days.empty()) {
      json::object days;
      for (const auto& [property, count] : track.retention_days) days[property] = count;
      event["retention_days"] = std::move(days);
    }
    tracked.push_back(std::move(event));
  }
  void operator()(const dialog::Owe& owe) { owed.emplace_back(owe.key); }
  // The state that follows says all of these: the call under way, the timer, the end and its
  // reason.
  void operator()(const dialog::Call&) {}
  void operator()(const dialog::AwaitDelivery&) {}
  void operator()(const dialog::SetTimer&) {}
  void operator()(const dialog::HandOver&) {}
  void operator()(const dialog::TellAgent&) {}
  void operator()(const dialog::Ended&) {}
};

}  // namespace

std::vector<Delivery> deliveries_of(const dialog::Turn& turn, const flow::Program& program,
                                    base::Timestamp at, const Teller* teller) {
  Owing owing{turn, program, at, {}};
  for (const dialog::Effect& effect : turn.effects) std::visit(owing, effect);
  if (teller != nullptr) owing.tell_of_turn(*teller);
  return std::move(owing.rows);
}

ToDo to_do(const dialog::Turn& turn) {
  Doing doing;
  for (const dialog::Effect& effect : turn.effects) std::visit(doing, effect);
  return std::move(doing.list);
}

void write_effects(const dialog::Turn& turn, json::object& record) {
  Writing writing;
  for (const dialog::Effect& effect : turn.effects) std::visit(writing, effect);
  if (!writing.out.empty()) record["out"] = std::move(writing.out);
  if (!writing.tracked.empty()) record["tracked"] = std::move(writing.tracked);
  if (!writing.owed.empty()) record["owed"] = std::move(writing.owed);
}

}  // namespace millrace::runtime
