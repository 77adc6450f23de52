#include <algorithm>

#include "base/json_change.hpp"
#include "base/seal.hpp"
#include "runtime/record.hpp"
#include "runtime/record_parts.hpp"

namespace millrace::runtime {
namespace {

using base::Code;
using base::fail;

// A record's document, and what is asked of every one.
struct Parsed {
  json::object record;
  const json::object* in = nullptr;
  const json::object* state = nullptr;
  base::Id chat;
  int64_t turn = 0;
  std::optional<int64_t> since;  // nullopt: it is whole
};

base::Result<Parsed> parsed_record(std::string_view body) {
  auto document = json::parse_object(body);
  if (!document) return fail(Code::data_loss, document.error().message, "journal record");
  Parsed parsed{std::move(*document)};
  parsed.in = json::get_object(parsed.record, "in");
  parsed.state = json::get_object(parsed.record, "state");
  const auto chat = parsed.state == nullptr
                        ? std::nullopt
                        : base::Id::parse(json::get_string(*parsed.state, "chat").value_or(""));
  if (parsed.in == nullptr || !chat) return fail(Code::data_loss, "not a turn", "journal record");
  parsed.chat = *chat;
  parsed.since = json::get_integer(parsed.record, "since");
  // A change has the turn's number too: every turn has another.
  const auto* set = parsed.since ? json::get_object(*parsed.state, "=") : parsed.state;
  if (set != nullptr) parsed.turn = json::get_integer(*set, "turn").value_or(0);
  return parsed;
}

ChatMessage message_from_json(const json::object& object, base::Id chat, base::Timestamp at) {
  ChatMessage message;
  message.sequence = json::get_integer(object, "seq").value_or(0);
  message.id = message_id(chat, message.sequence);
  message.content = dialog::message_from_json(object);
  message.node = static_cast<flow::NodeNumber>(json::get_integer(object, "node").value_or(0));
  message.input_id = json::get_string(object, "re").value_or("");
  message.at = at;
  const auto* agent = json::get_array(object, "agent");
  if (agent != nullptr && agent->size() == 2) {
    message.side = Side::agent;
    message.agent = json::to_text((*agent)[0]);
    message.agent_name = json::to_text((*agent)[1]);
  }
  return message;
}

base::Result<json::object> open_sealed(std::string_view sealed, base::Id chat, int64_t turn,
                                       std::string_view key) {
  const auto text = base::unseal(key, seal_context(chat, turn), sealed);
  if (!text) return std::unexpected(text.error());
  return json::parse_object(*text);
}

base::Result<dialog::CallEnd> call_end_from(std::string_view name) {
  for (size_t i = 0; i < std::size(kCallEnds); ++i) {
    if (kCallEnds[i] == name) return static_cast<dialog::CallEnd>(i);
  }
  return fail(Code::data_loss, "unknown end of a call '" + std::string(name) + "'",
              "journal record");
}

}  // namespace

base::Result<TurnRecord> read_record(std::string_view body) {
  const auto parsed = parsed_record(body);
  if (!parsed) return std::unexpected(parsed.error());
  TurnRecord record;
  record.at.ms = json::get_integer(parsed->record, "at").value_or(0);
  record.kind = json::get_string(*parsed->in, "k").value_or("");
  record.chat = parsed->chat;
  if (record.kind == "said") {
    record.input_id = json::get_string(*parsed->in, "id").value_or("");
    ChatMessage message = message_from_json(*parsed->in, record.chat, record.at);
    message.side = Side::consumer;
    message.input_id = record.input_id;
    record.messages.push_back(std::move(message));
  }
  if (const auto* out = json::get_array(parsed->record, "out")) {
    for (const json::value& item : *out) {
      const auto* object = item.if_object();
      if (object == nullptr) continue;
      record.messages.push_back(message_from_json(*object, record.chat, record.at));
    }
  }
  return record;
}

std::vector<InputMark> marks_in(std::string_view body) {
  std::vector<InputMark> marks;
  const auto record = read_record(body);
  if (!record) return marks;
  for (const ChatMessage& message : record->messages) {
    const InputMark mark = mark_of(message.input_id);
    if (message.input_id.empty() || std::ranges::find(marks, mark) != marks.end()) continue;
    marks.push_back(mark);
  }
  return marks;
}

base::Result<void> StateReader::take(std::string_view body) {
  auto parsed = parsed_record(body);
  if (!parsed) return std::unexpected(parsed.error());
  json::object part;
  if (const auto sealed = json::get_string(parsed->record, "sealed")) {
    auto opened = open_sealed(*sealed, parsed->chat, parsed->turn, key_);
    if (!opened) return std::unexpected(opened.error());
    part = std::move(*opened);
  }
  if (!parsed->since) {
    state_ = *parsed->state;
    part.erase("in");
    sealed_ = std::move(part);
    since_ = 0;
    bytes_since_ = 0;
    whole_bytes_ = body.size();
    return {};
  }
  if (since_ < 0 || *parsed->since != since_ + 1) {
    return fail(Code::data_loss, "a record that does not follow the one before it",
                "journal record");
  }
  json::object change = *parsed->state;
  if (const auto* said = parsed->in->if_contains("text"); said != nullptr && said->is_string()) {
    each_text_of(change, [&](json::value& text) {
      if (text.is_bool() && text.get_bool()) text = *said;
    });
  }
  if (auto applied = json::apply_change(state_, change); !applied) return applied;
  if (const auto* sealed_change = json::get_object(part, "change")) {
    if (auto applied = json::apply_change(sealed_, *sealed_change); !applied) return applied;
  }
  ++since_;
  bytes_since_ += body.size();
  return {};
}

base::Result<dialog::State> StateReader::state() const {
  MILLRACE_CHECK(since_ >= 0);
  auto state = dialog::state_from_json(state_);
  if (state) dialog::restore_sealed(*state, sealed_);
  return state;
}

base::Result<std::optional<dialog::Input>> read_input(std::string_view body, std::string_view key) {
  const auto parsed = parsed_record(body);
  if (!parsed) return std::unexpected(parsed.error());
  json::object in = *parsed->in;
  if (const auto sealed = json::get_string(parsed->record, "sealed")) {
    const auto part = open_sealed(*sealed, parsed->chat, parsed->turn, key);
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
  input.at.ms = json::get_integer(parsed->record, "at").value_or(0);
  const std::string kind = text("k");
  if (kind == "open") return std::nullopt;
  if (kind == "start") {
    input.what = dialog::Started{};
  } else if (kind == "said") {
    input.what =
        dialog::Said{text("id"), text("text"), json::get_bool(in, "starts").value_or(false)};
  } else if (kind == "call") {
    const auto end = call_end_from(text("end"));
    if (!end) return std::unexpected(end.error());
    input.what = dialog::CallEnded{text("key"), *end, object("result"), text("message")};
  } else if (kind == "due") {
    input.what = dialog::TimerDue{
        {static_cast<dialog::TimerKind>(number("kind")), base::Timestamp{number("due")}}};
  } else if (kind == "event") {
    input.what = dialog::PageEvent{text("name"), object("detail")};
  } else if (kind == "adopted") {
    input.what = dialog::Adopted{static_cast<dialog::Adopted::Why>(number("why"))};
  } else if (kind == "offered") {
    input.what = dialog::AgentOffered{text("skill")};
  } else if (kind == "joined") {
    input.what = dialog::AgentJoined{text("agent"), text("name")};
  } else if (kind == "agent_said") {
    input.what = dialog::AgentSaid{text("id"), text("agent"), text("text")};
  } else if (kind == "left") {
    input.what = dialog::AgentLeft{text("agent"), text("to")};
  } else if (kind == "no_agent") {
    input.what = dialog::NoAgent{};
  } else if (kind == "end") {
    input.what = dialog::EndRequested{text("reason")};
  } else {
    return base::fail(base::Code::data_loss, "unknown input '" + kind + "'", "journal record");
  }
  return input;
}

}  // namespace millrace::runtime
