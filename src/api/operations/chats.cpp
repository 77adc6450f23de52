// Chats: listed, shown, read turn by turn. What people said is masked unless the right to read it
// is there, and reading it stands in the audit log.
#include "api/chats.hpp"
#include "runtime/records/record.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

json::object shown(const Call& call, const runtime::ChatEntry& chat) {
  return {{"id", chat.chat.to_string()},
          {"consumer", chat.consumer.to_string()},
          {"solution", solution_of(call.ports.solutions, chat)},
          {"version", chat.version},
          {"phase", chat.phase},
          {"turns", chat.turns},
          {"begun_at", base::to_iso8601(chat.begun_at)},
          {"last_at", base::to_iso8601(chat.last_at)},
          {"is_latest", chat.is_latest}};
}

base::Result<runtime::ChatFilter> filter_of(const Call& call) {
  runtime::ChatFilter filter;
  filter.solution = call.query("solution");
  if (!filter.solution.empty()) filter.versions = versions_of(call, filter.solution);
  filter.phase = call.query("phase");
  filter.live = call.query("live") == "true";
  filter.latest = call.query("latest") == "true";
  const auto since = moment_of(call, "since");
  const auto before = moment_of(call, "before");
  if (!since) return std::unexpected(since.error());
  if (!before) return std::unexpected(before.error());
  filter.since = *since;
  filter.before = *before;
  const auto limit = call.limit();
  if (!limit) return std::unexpected(limit.error());
  filter.limit = *limit;
  const auto place = call.cursor();
  if (!place) return std::unexpected(place.error());
  filter.after = after_of(*place);
  return filter;
}

// A page has only what the asker may see, so it may be shorter than its limit, and another follow.
Replied list_chats(Call& call) {
  auto filter = filter_of(call);
  if (!filter) return std::unexpected(filter.error());
  const auto archive = call.ports.records.archive();
  if (!archive) return std::unexpected(archive.error());
  const auto page = (*archive)->live(*filter);
  if (!page) return std::unexpected(page.error());
  json::array items;
  // Somebody who may see none at all has been told so; this asks for each.
  (void)call.may_have("", call.options.environment);
  for (const runtime::ChatEntry& chat : *page) {
    const std::string solution = solution_of(call.ports.solutions, chat);
    if (call.may_have(solution, call.options.environment)) items.emplace_back(shown(call, chat));
  }
  if (page->size() < filter->limit) return listed(std::move(items), std::nullopt);
  const runtime::ChatEntry& last = page->back();
  return listed(std::move(items), call.cursor_at(cursor_of({last.last_at, last.chat})));
}

Replied list_parked(Call& call) {
  const auto archive = call.ports.records.archive();
  if (!archive) return std::unexpected(archive.error());
  const auto parked = (*archive)->parked();
  if (!parked) return std::unexpected(parked.error());
  json::array items;
  (void)call.may_have("", call.options.environment);
  for (const runtime::ParkedChat& chat : *parked) {
    if (!call.may_have(chat.solution, call.options.environment)) continue;
    items.emplace_back(json::object{{"id", chat.chat_id},
                                    {"solution", chat.solution},
                                    {"version", chat.version},
                                    {"node", chat.node},
                                    {"at", base::to_iso8601(chat.at)},
                                    {"what", chat.what}});
  }
  return listed(std::move(items), std::nullopt);
}

bool may_read_words(const Call& call, const std::string& solution) {
  return call.may(Right::pii_read, solution, call.options.environment);
}

Replied get_chat(Call& call) {
  const auto archive = call.ports.records.archive();
  if (!archive) return std::unexpected(archive.error());
  const auto chat = permitted_chat(call, **archive, call.path["chat"]);
  if (!chat) return std::unexpected(chat.error());
  const bool reads = may_read_words(call, solution_of(call.ports.solutions, *chat));
  if (reads) {
    auto noted = call.audit(Right::pii_read, "chat.state", chat->chat.to_string());
    if (!noted) return std::unexpected(noted.error());
  }
  const auto tail = (*archive)->tail(chat->consumer, chat->last);
  if (!tail) return std::unexpected(tail.error());
  json::object out = shown(call, *chat);
  if (!tail->empty()) {
    const auto state = runtime::state_after(*tail, call.ports.seal_key);
    if (!state) return std::unexpected(state.error());
    out["state"] = Mask(!reads).state(*state);
  }
  out["masked"] = !reads;
  return Reply(std::move(out));
}

Replied list_turns(Call& call) {
  const auto limit = call.limit();
  const auto place = call.cursor();
  if (!limit) return std::unexpected(limit.error());
  if (!place) return std::unexpected(place.error());
  const auto archive = call.ports.records.archive();
  if (!archive) return std::unexpected(archive.error());
  const auto chat = permitted_chat(call, **archive, call.path["chat"]);
  if (!chat) return std::unexpected(chat.error());
  const bool reads = may_read_words(call, solution_of(call.ports.solutions, *chat));
  const std::string id = chat->chat.to_string();
  if (reads) {
    auto noted = call.audit(Right::pii_read, "chat.turns", id);
    if (!noted) return std::unexpected(noted.error());
  }
  const int64_t after = json::get_integer(*place, "turn").value_or(0);
  Mask mask(!reads);
  runtime::StateReader reader(call.ports.seal_key);
  json::array items;
  base::Result<void> wrong;
  int64_t last = 0;
  auto read = (*archive)->chat(chat->chat, [&](const runtime::JournalRecord& record) {
    if (items.size() == *limit) {
      last = -last;  // there is more
      return false;
    }
    wrong = reader.take(record);
    const auto turn = runtime::read_record(record);
    if (wrong && !turn) wrong = std::unexpected(turn.error());
    if (!wrong) return false;
    // What is known after the turn was known, or was said, in it.
    if (const auto state = reader.state()) mask.know(*state);
    if (record.number <= after) return true;
    json::array messages;
    for (const auto& message : turn->messages) messages.emplace_back(mask.message(message));
    items.emplace_back(json::object{{"turn", record.number},
                                    {"kind", turn->kind},
                                    {"at", base::to_iso8601(turn->at)},
                                    {"messages", std::move(messages)}});
    last = record.number;
    return true;
  });
  if (!read) return std::unexpected(read.error());
  if (!wrong) return std::unexpected(wrong.error());
  std::optional<std::string> next;
  if (last < 0) next = call.cursor_at({{"turn", -last}});
  return listed(std::move(items), std::move(next));
}

}  // namespace

std::vector<Operation> chat_operations() {
  using Shape = Operation::Shape;
  return {
      {.id = "listChats",
       .method = "GET",
       .path = "/chats",
       .who = Who::thing(Right::chat_read),
       .serve = list_chats,
       .summary = "Chats, those with the latest turn first",
       .gives = "Chat",
       .shape = Shape::list,
       .query = "solution phase live latest since before limit cursor"},
      {.id = "listParkedChats",
       .method = "GET",
       .path = "/chats/parked",
       .who = Who::thing(Right::chat_read),
       .serve = list_parked,
       .summary = "Chats that wait because the engine failed in them",
       .gives = "ParkedChat",
       .shape = Shape::list},
      {.id = "getChat",
       .method = "GET",
       .path = "/chats/{chat}",
       .who = Who::thing(Right::chat_read),
       .serve = get_chat,
       .summary = "A chat as its last turn left it; values are masked without pii.read",
       .gives = "ChatState"},
      {.id = "listTurns",
       .method = "GET",
       .path = "/chats/{chat}/turns",
       .who = Who::thing(Right::chat_read),
       .serve = list_turns,
       .summary = "What was said in a chat, turn by turn; masked without pii.read",
       .gives = "Turn",
       .shape = Shape::list,
       .query = "limit cursor"},
  };
}

}  // namespace millrace::api
