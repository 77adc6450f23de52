#include "runtime/effects.hpp"

namespace millrace::runtime {
namespace {

struct Owing {
  const dialog::Turn& turn;
  const flow::Program* program;
  std::vector<Delivery> rows;

  void operator()(const dialog::Owe& owe) {
    rows.push_back({owe.key, turn.state.consumer, turn.state.chat.to_string(),
                    program != nullptr ? program->solution : std::string(), turn.state.environment,
                    owe.receiver, owe.kind, owe.body});
  }
  // Said to those who listen, and read back from the record.
  void operator()(const dialog::Say&) {}
  // Made by this server, once the turn is durable.
  void operator()(const dialog::Call&) {}
  void operator()(const dialog::AwaitDelivery&) {}
  void operator()(const dialog::SetTimer&) {}
  // Nobody outside is told: the chat ends with it.
  void operator()(const dialog::Transfer&) {}
  // Kept in the record, for reports.
  void operator()(const dialog::Track&) {}
  void operator()(const dialog::Ended&) {}
};

struct Doing {
  ToDo list;

  void operator()(const dialog::Call& call) { list.calls.push_back(&call); }
  void operator()(const dialog::AwaitDelivery& awaited) { list.awaited.push_back(&awaited); }
  void operator()(const dialog::Ended& ended) { list.ended = &ended; }
  // bot_messages() has these, with their ids.
  void operator()(const dialog::Say&) {}
  // Rows of the turn already; the sender is told how many.
  void operator()(const dialog::Owe&) {}
  // The state says when, and the lane keeps the time by it.
  void operator()(const dialog::SetTimer&) {}
  // Nobody takes over: the chat ends with it.
  void operator()(const dialog::Transfer&) {}
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
  void operator()(const dialog::Transfer&) {}
  void operator()(const dialog::Ended&) {}
};

}  // namespace

std::vector<Delivery> deliveries_of(const dialog::Turn& turn, const flow::Program* program) {
  Owing owing{turn, program, {}};
  for (const dialog::Effect& effect : turn.effects) std::visit(owing, effect);
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
