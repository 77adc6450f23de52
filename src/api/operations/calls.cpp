// Calls of action nodes: what `millrace trace` shows.
#include "api/chats.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

base::Result<json::array> traces_of(Call& call, std::string_view chat_id) {
  const auto archive = call.ports.records.archive();
  if (!archive) return std::unexpected(archive.error());
  const auto chat = permitted_chat(call, **archive, chat_id);
  if (!chat) return std::unexpected(chat.error());
  json::array traces;
  auto read = call.ports.records.traces(
      chat->chat.to_string(), [&](json::object trace) { traces.emplace_back(std::move(trace)); });
  if (!read) return std::unexpected(read.error());
  return traces;
}

Replied list_calls(Call& call) {
  const std::string chat = call.query("chat");
  if (chat.empty()) {
    (void)call.may_have("", call.options.environment);
    return fail(Code::invalid_argument, "say whose calls: the id of a chat", "chat");
  }
  auto traces = traces_of(call, chat);
  if (!traces) return std::unexpected(traces.error());
  return listed(std::move(*traces), std::nullopt);
}

// A call's key begins with its chat: CHAT:TURN:STEP.
Replied get_call(Call& call) {
  const std::string_view key = call.path["call"];
  auto traces = traces_of(call, key.substr(0, key.find(':')));
  if (traces) {
    for (json::value& trace : *traces) {
      if (json::get_string(trace.get_object(), "key") == key) {
        return Reply(std::move(trace.get_object()));
      }
    }
  }
  if (!traces && traces.error().code != Code::not_found) return std::unexpected(traces.error());
  return fail(Code::not_found, "there is no call of that key");
}

}  // namespace

std::vector<Operation> call_operations() {
  return {
      {.id = "listCalls",
       .method = "GET",
       .path = "/calls",
       .who = Who::thing(Right::ops_read),
       .serve = list_calls,
       .summary = "The calls of a chat's action nodes, the oldest first: attempts, times, hosts",
       .gives = "ActionCall",
       .shape = Operation::Shape::list,
       .query = "chat"},
      {.id = "getCall",
       .method = "GET",
       .path = "/calls/{call}",
       .who = Who::thing(Right::ops_read),
       .serve = get_call,
       .summary = "A call by its key",
       .gives = "ActionCall"},
  };
}

}  // namespace millrace::api
