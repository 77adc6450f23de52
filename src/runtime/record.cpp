#include "runtime/record.hpp"

#include "base/seal.hpp"

namespace millrace::runtime {
namespace {

constexpr std::string_view kCallEnds[] = {"returned", "raised",  "timed_out",
                                          "crashed",  "refused", "unknown"};

struct InputWriter {
  const dialog::Turn& turn;

  json::object operator()(const dialog::Started&) const { return {{"k", "start"}}; }
  json::object operator()(const dialog::Said& said) const {
    return {{"k", "said"},
            {"id", said.input_id},
            {"text", turn.said},
            {"seq", turn.said_sequence},
            {"starts", said.starts}};
  }
  json::object operator()(const dialog::CallEnded& ended) const {
    return {{"k", "call"},
            {"key", ended.key},
            {"end", kCallEnds[static_cast<size_t>(ended.end)]},
            {"result", ended.result},
            {"message", ended.message}};
  }
  json::object operator()(const dialog::TimerDue& due) const {
    return {{"k", "due"}, {"kind", static_cast<int>(due.timer.kind)}, {"due", due.timer.due.ms}};
  }
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

json::object track_to_json(const dialog::Track& track) {
  json::object out{{"name", track.name}, {"properties", track.properties}};
  if (!track.retention_days.empty()) {
    json::object days;
    for (const auto& [property, count] : track.retention_days) days[property] = count;
    out["retention_days"] = std::move(days);
  }
  return out;
}

// Takes out of an input what the state keeps secret; true when there was something.
bool mask(const dialog::Turn& turn, const dialog::Input* input, json::object& in) {
  if (input == nullptr) return false;
  if (const auto* said = std::get_if<dialog::Said>(&input->what)) {
    // What is held may answer a secure question later.
    const bool is_held =
        !turn.state.held.empty() && turn.state.held.back().input_id == said->input_id;
    if (is_held) in["text"] = dialog::kMask;
    return is_held || turn.said != said->text;
  }
  auto* result = in.if_contains("result");
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

std::string context_of(base::Id chat, int64_t turn) {
  return chat.to_string() + ":" + std::to_string(turn);
}

base::Result<json::object> open_sealed(std::string_view sealed, base::Id chat, int64_t turn,
                                       std::string_view key) {
  const auto text = base::unseal(key, context_of(chat, turn), sealed);
  if (!text) return std::unexpected(text.error());
  return json::parse_object(*text);
}

dialog::CallEnd call_end_from(std::string_view name) {
  for (size_t i = 0; i < std::size(kCallEnds); ++i) {
    if (kCallEnds[i] == name) return static_cast<dialog::CallEnd>(i);
  }
  return dialog::CallEnd::crashed;
}

}  // namespace

base::Id message_id(base::Id chat, int64_t sequence) {
  return base::Id::derived("message", std::string(chat.as_bytes()) + std::to_string(sequence));
}

bool is_open(const dialog::State& state) {
  return state.phase == dialog::Phase::calling || state.timer.has_value();
}

std::string write_record(const dialog::Turn& turn, const dialog::Input* input, base::Timestamp at,
                         std::string_view key) {
  json::object record;
  record["at"] = at.ms;
  json::object in =
      input == nullptr ? json::object{{"k", "open"}} : std::visit(InputWriter{turn}, input->what);
  json::object sealed = dialog::sealed_part(turn.state);
  if (mask(turn, input, in)) sealed["in"] = input_as_it_was(turn, *input);
  record["in"] = std::move(in);
  json::array out;
  json::array tracked;
  json::array owed;
  for (const dialog::Effect& effect : turn.effects) {
    if (const auto* owe = std::get_if<dialog::Owe>(&effect)) owed.emplace_back(owe->key);
    if (const auto* say = std::get_if<dialog::Say>(&effect)) out.push_back(message_to_json(*say));
    if (const auto* track = std::get_if<dialog::Track>(&effect)) {
      tracked.push_back(track_to_json(*track));
    }
  }
  if (!out.empty()) record["out"] = std::move(out);
  if (!tracked.empty()) record["tracked"] = std::move(tracked);
  if (!owed.empty()) record["owed"] = std::move(owed);
  record["state"] = dialog::to_json(turn.state);
  if (!sealed.empty()) {
    record["sealed"] =
        base::seal(key, context_of(turn.state.chat, turn.state.turn), json::serialize(sealed));
  }
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

base::Result<TurnRecord> read_record(std::string_view body, std::string_view key) {
  const auto parsed = json::parse_object(body);
  if (!parsed) return base::fail(base::Code::data_loss, parsed.error().message, "journal record");
  const auto* input = json::get_object(*parsed, "in");
  const auto* state_json = json::get_object(*parsed, "state");
  if (input == nullptr || state_json == nullptr) {
    return base::fail(base::Code::data_loss, "not a turn", "journal record");
  }
  auto state = dialog::state_from_json(*state_json);
  if (!state) return std::unexpected(state.error());
  if (const auto sealed = json::get_string(*parsed, "sealed")) {
    const auto part = open_sealed(*sealed, state->chat, state->turn, key);
    if (!part) return std::unexpected(part.error());
    dialog::restore_sealed(*state, *part);
  }
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

base::Result<std::optional<dialog::Input>> read_input(std::string_view body, std::string_view key) {
  const auto parsed = json::parse_object(body);
  if (!parsed) return base::fail(base::Code::data_loss, parsed.error().message, "journal record");
  const auto* given = json::get_object(*parsed, "in");
  const auto* state = json::get_object(*parsed, "state");
  if (given == nullptr || state == nullptr) {
    return base::fail(base::Code::data_loss, "not a turn", "journal record");
  }
  const auto chat = base::Id::parse(json::get_string(*state, "chat").value_or(""));
  if (!chat) {
    return base::fail(base::Code::data_loss, "not a turn", "journal record");
  }
  json::object in = *given;
  if (const auto sealed = json::get_string(*parsed, "sealed")) {
    const auto part =
        open_sealed(*sealed, *chat, json::get_integer(*state, "turn").value_or(0), key);
    if (!part) return std::unexpected(part.error());
    if (const auto* was = json::get_object(*part, "in")) in = *was;
  }
  const auto text = [&](std::string_view name) {
    return std::string(json::get_string(in, name).value_or(""));
  };
  const auto number = [&](std::string_view name) {
    return json::get_integer(in, name).value_or(0);
  };
  const auto object = [&](std::string_view name) {
    const auto* found = json::get_object(in, name);
    return found == nullptr ? json::object() : *found;
  };
  dialog::Input input;
  input.at.ms = json::get_integer(*parsed, "at").value_or(0);
  const std::string kind = text("k");
  if (kind == "open") return std::nullopt;
  if (kind == "start") {
    input.what = dialog::Started{};
  } else if (kind == "said") {
    input.what =
        dialog::Said{text("id"), text("text"), json::get_bool(in, "starts").value_or(false)};
  } else if (kind == "call") {
    input.what = dialog::CallEnded{text("key"), call_end_from(text("end")), object("result"),
                                   text("message")};
  } else if (kind == "due") {
    input.what = dialog::TimerDue{
        {static_cast<dialog::TimerKind>(number("kind")), base::Timestamp{number("due")}}};
  } else if (kind == "event") {
    input.what = dialog::PageEvent{text("name"), object("detail")};
  } else if (kind == "adopted") {
    input.what = dialog::Adopted{static_cast<dialog::Adopted::Why>(number("why"))};
  } else if (kind == "end") {
    input.what = dialog::EndRequested{text("reason")};
  } else {
    return base::fail(base::Code::data_loss, "unknown input '" + kind + "'", "journal record");
  }
  return input;
}

}  // namespace millrace::runtime
