#include <algorithm>

#include "base/json_change.hpp"
#include "dialog/state/members.hpp"
#include "dialog/state/names.hpp"
#include "dialog/state/state_v0.hpp"
#include "dialog/state/understood_json.hpp"
#include "runtime/records/record_parse.hpp"
#include "runtime/records/record_v0.hpp"

namespace millrace::runtime {
namespace {

using base::Code;
using base::fail;
using dialog::Members;
using Need = dialog::Members::Need;

base::Result<ChatMessage> message_from_json(const json::object& object, base::Id chat,
                                            base::Timestamp at) {
  auto content = dialog::message_from_json(object);
  if (!content) return std::unexpected(content.error());
  Members members(object, "message");
  ChatMessage message;
  message.sequence = members.integer("seq", Need::needed);
  message.id = message_id(chat, message.sequence);
  message.content = std::move(*content);
  message.node = members.small("node");
  message.input_id = members.text("re");
  message.at = at;
  if (const auto* agent = members.array("agent")) {
    message.side = Side::agent;
    if (agent->size() == 2 && (*agent)[0].is_string() && (*agent)[1].is_string()) {
      message.agent = json::to_text((*agent)[0]);
      message.agent_name = json::to_text((*agent)[1]);
    } else {
      members.wrong("agent", "is not an id and a name");
    }
  }
  if (auto read = members.done(); !read) return std::unexpected(read.error());
  return message;
}

}  // namespace

base::Result<TurnRecord> read_record(std::string_view body) {
  const auto parsed = parsed_record(body);
  if (!parsed) return std::unexpected(parsed.error());
  TurnRecord record;
  record.at = parsed->at;
  record.kind = kInputKinds(parsed->kind);
  record.chat = parsed->chat;
  if (parsed->kind == InputKind::said) {
    auto message = message_from_json(*parsed->in, record.chat, record.at);
    if (!message) return std::unexpected(message.error());
    record.input_id = json::get_string(*parsed->in, "id").value_or("");
    message->side = Side::consumer;
    message->input_id = record.input_id;
    record.messages.push_back(std::move(*message));
    Members in(*parsed->in, "input");
    record.understood = dialog::understood_in(in, "understood");
    if (auto read = in.done(); !read) return std::unexpected(read.error());
  }
  Members members(parsed->record, "record");
  base::Result<void> all;
  members.objects("out", [&](const json::object& object) {
    auto message = message_from_json(object, record.chat, record.at);
    if (message) {
      record.messages.push_back(std::move(*message));
    } else if (all) {
      all = std::unexpected(message.error());
    }
  });
  if (all) all = members.done();
  if (!all) return std::unexpected(all.error());
  return record;
}

base::Result<TurnRecord> read_record(const JournalRecord& record) {
  auto read = read_record(record.body);
  if (!read) return std::unexpected(at_record(std::move(read.error()), record));
  return read;
}

std::optional<ChatFacts> facts_in(std::string_view body) {
  const auto parsed = parsed_record(body);
  if (!parsed) return std::nullopt;
  const auto* said = parsed->since ? json::get_object(*parsed->state, "=") : parsed->state;
  ChatFacts facts;
  facts.chat = parsed->chat;
  facts.at = parsed->at;
  facts.turns = parsed->turn;
  if (said == nullptr) return facts;
  facts.version = json::get_string(*said, "program").value_or("");
  facts.phase = json::get_string(*said, "phase").value_or("");
  facts.begun_at.ms = json::get_integer(*said, "born").value_or(0);
  return facts;
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

base::Result<void> StateReader::take(const JournalRecord& record) {
  auto taken = take(record.body);
  if (!taken) return std::unexpected(at_record(std::move(taken.error()), record));
  where_ = at_record({}, record).where;
  return taken;
}

base::Result<void> StateReader::take(std::string_view body) {
  where_ = "journal record";
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
    version_ = parsed->version;
    bytes_since_ = 0;
    whole_bytes_ = body.size();
    return {};
  }
  if (since_ < 0 || *parsed->since != since_ + 1 || parsed->version != version_) {
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
  const auto failed = [this](base::Error error) {
    error.where = where_;
    return std::unexpected(std::move(error));
  };
  auto document =
      version_ == 0 ? dialog::state_from_version_0(state_) : base::Result<json::object>(state_);
  if (!document) return failed(document.error());
  auto state = dialog::state_from_json(*document);
  if (!state) return failed(state.error());
  if (auto restored = dialog::restore_sealed(*state, sealed_); !restored) {
    return failed(restored.error());
  }
  return state;
}

base::Result<dialog::State> state_after(const std::vector<JournalRecord>& records,
                                        std::string_view key) {
  StateReader reader{std::string(key)};
  for (const JournalRecord& record : records) {
    if (auto taken = reader.take(record); !taken) return std::unexpected(taken.error());
  }
  return reader.state();
}

namespace {

base::Result<std::optional<dialog::Input>> input_of(InputKind kind, base::Timestamp at,
                                                    const json::object& in) {
  Members members(in, "input");
  const auto object = [&](std::string_view name) {
    const auto* found = members.object(name, Need::needed);
    return found == nullptr ? json::object() : *found;
  };
  dialog::Input input{at, dialog::Started{}};
  switch (kind) {
    case InputKind::open: return std::nullopt;
    case InputKind::start: break;
    case InputKind::said:
      input.what = dialog::Said{
          members.text("id", Need::needed), members.text("text", Need::needed),
          members.flag("starts"),           members.text("channel"),
          members.text("address"),          dialog::understood_in(members, "understood")};
      break;
    case InputKind::call:
      input.what = dialog::CallEnded{members.text("key", Need::needed),
                                     members.one_of("end", dialog::kCallEnds), object("result"),
                                     members.text("message", Need::needed)};
      break;
    case InputKind::due:
      input.what = dialog::TimerDue{{members.one_of("kind", dialog::kTimerKinds),
                                     base::Timestamp{members.integer("due", Need::needed)}}};
      break;
    case InputKind::event:
      input.what = dialog::PageEvent{members.text("name", Need::needed), object("detail")};
      break;
    case InputKind::adopted:
      input.what = dialog::Adopted{members.one_of("why", dialog::kAdoptions)};
      break;
    case InputKind::offered:
      input.what = dialog::AgentOffered{members.text("skill", Need::needed)};
      break;
    case InputKind::joined:
      input.what = dialog::AgentJoined{members.text("agent", Need::needed),
                                       members.text("name", Need::needed)};
      break;
    case InputKind::agent_said:
      input.what =
          dialog::AgentSaid{members.text("id", Need::needed), members.text("agent", Need::needed),
                            members.text("text", Need::needed)};
      break;
    case InputKind::left:
      input.what =
          dialog::AgentLeft{members.text("agent", Need::needed), members.text("to", Need::needed)};
      break;
    case InputKind::no_agent: input.what = dialog::NoAgent{}; break;
    case InputKind::assigned: {
      dialog::Assigned assigned;
      for (const auto& member : object("variables")) {
        assigned.variables[std::string(member.key())] = json::to_text(member.value());
      }
      input.what = std::move(assigned);
      break;
    }
    case InputKind::end:
      input.what = dialog::EndRequested{members.text("reason", Need::needed)};
      break;
  }
  if (auto read = members.done(); !read) return std::unexpected(read.error());
  return input;
}

}  // namespace

base::Result<std::optional<dialog::Input>> read_input(std::string_view body, std::string_view key) {
  const auto parsed = parsed_record(body);
  if (!parsed) return std::unexpected(parsed.error());
  if (const auto sealed = json::get_string(parsed->record, "sealed")) {
    auto part = open_sealed(*sealed, parsed->chat, parsed->turn, key);
    if (!part) return std::unexpected(part.error());
    if (auto* was = json::get_object(*part, "in")) {
      if (parsed->version != 0) return input_of(parsed->kind, parsed->at, *was);
      const auto in = input_from_version_0(*was);
      if (!in) return std::unexpected(in.error());
      return input_of(parsed->kind, parsed->at, *in);
    }
  }
  return input_of(parsed->kind, parsed->at, *parsed->in);
}

base::Result<std::optional<dialog::Input>> read_input(const JournalRecord& record,
                                                      std::string_view key) {
  auto read = read_input(record.body, key);
  if (!read) return std::unexpected(at_record(std::move(read.error()), record));
  return read;
}

}  // namespace millrace::runtime
