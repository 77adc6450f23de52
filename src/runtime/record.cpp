#include "runtime/record.hpp"

namespace millrace::runtime {
namespace {

constexpr std::string_view kCallEnds[] = {"returned", "raised",  "timed_out",
                                          "crashed",  "refused", "unknown"};

struct InputWriter {
  const dialog::Turn& turn;

  json::object operator()(const dialog::Started&) const { return {{"k", "start"}}; }
  json::object operator()(const dialog::Said& said) const {
    return {{"k", "said"}, {"id", said.input_id}, {"text", turn.said}, {"seq", turn.said_sequence}};
  }
  json::object operator()(const dialog::CallEnded& ended) const {
    return {{"k", "call"},
            {"key", ended.key},
            {"end", kCallEnds[static_cast<size_t>(ended.end)]},
            {"result", ended.result},
            {"message", ended.message}};
  }
  json::object operator()(const dialog::TimerDue&) const { return {{"k", "due"}}; }
  json::object operator()(const dialog::PageEvent& event) const {
    return {{"k", "event"}, {"name", event.name}, {"detail", event.detail}};
  }
  json::object operator()(const dialog::Adopted& adopted) const {
    return {{"k", "adopted"}, {"why", static_cast<int>(adopted.why)}};
  }
  json::object operator()(const dialog::EndRequested& end) const {
    return {{"k", "end"}, {"reason", end.reason}};
  }
};

json::object message_to_json(const dialog::Say& say) {
  json::object out = dialog::to_json(say.message);
  out["seq"] = say.sequence;
  if (say.node != 0) out["node"] = say.node;
  if (!say.reply_to.empty()) out["re"] = say.reply_to;
  return out;
}

ChatMessage message_from_json(const json::object& object, base::Id chat, base::Timestamp at) {
  ChatMessage message;
  message.sequence = json::get_integer(object, "seq").value_or(0);
  message.id = message_id(chat, message.sequence);
  message.content = dialog::message_from_json(object);
  message.node = static_cast<flow::NodeNumber>(json::get_integer(object, "node").value_or(0));
  message.input_id = json::get_string(object, "re").value_or("");
  message.at = at;
  return message;
}

}  // namespace

base::Id message_id(base::Id chat, int64_t sequence) {
  return base::Id::derived("message", std::string(chat.as_bytes()) + std::to_string(sequence));
}

bool is_open(const dialog::State& state) {
  return state.phase == dialog::Phase::calling || state.timer.has_value();
}

std::string write_record(const dialog::Turn& turn, const dialog::Input* input, base::Timestamp at) {
  json::object record;
  record["at"] = at.ms;
  record["in"] =
      input == nullptr ? json::object{{"k", "open"}} : std::visit(InputWriter{turn}, input->what);
  json::array out;
  for (const dialog::Effect& effect : turn.effects) {
    if (const auto* say = std::get_if<dialog::Say>(&effect)) out.push_back(message_to_json(*say));
  }
  if (!out.empty()) record["out"] = std::move(out);
  record["state"] = dialog::to_json(turn.state);
  return json::serialize(record);
}

std::vector<ChatMessage> bot_messages(const dialog::Turn& turn, base::Timestamp at) {
  std::vector<ChatMessage> messages;
  for (const dialog::Effect& effect : turn.effects) {
    const auto* say = std::get_if<dialog::Say>(&effect);
    if (say == nullptr) continue;
    messages.push_back({message_id(turn.state.chat, say->sequence), say->sequence, Side::bot,
                        say->message, say->node, say->reply_to, at});
  }
  return messages;
}

base::Result<TurnRecord> read_record(std::string_view body) {
  const auto parsed = json::parse_object(body);
  if (!parsed) return base::fail(base::Code::data_loss, parsed.error().message, "journal record");
  const auto* input = json::get_object(*parsed, "in");
  const auto* state_json = json::get_object(*parsed, "state");
  if (input == nullptr || state_json == nullptr) {
    return base::fail(base::Code::data_loss, "not a turn", "journal record");
  }
  auto state = dialog::state_from_json(*state_json);
  if (!state) return std::unexpected(state.error());
  TurnRecord record;
  record.at.ms = json::get_integer(*parsed, "at").value_or(0);
  record.kind = json::get_string(*input, "k").value_or("");
  record.state = std::move(*state);
  if (record.kind == "said") {
    record.input_id = json::get_string(*input, "id").value_or("");
    ChatMessage message = message_from_json(*input, record.state.chat, record.at);
    message.side = Side::consumer;
    message.input_id = record.input_id;
    record.messages.push_back(std::move(message));
  }
  if (const auto* out = json::get_array(*parsed, "out")) {
    for (const json::value& item : *out) {
      const auto* object = item.if_object();
      if (object == nullptr) continue;
      record.messages.push_back(message_from_json(*object, record.state.chat, record.at));
    }
  }
  return record;
}

}  // namespace millrace::runtime
