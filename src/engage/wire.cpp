#include "engage/wire.hpp"

#include <algorithm>

#include "base/resilience/shares.hpp"
#include "base/text.hpp"
#include "dialog/render.hpp"

namespace millrace::engage {
namespace {

using runtime::ChatMessage;
using runtime::Side;

// What a message has beyond a text and buttons, as JSON; empty where that is all.
json::object rich_content(const dialog::Message& content) {
  using dialog::AssetKind;
  const AssetKind kind = content.asset.kind;
  const bool is_rich = kind != AssetKind::none && kind != AssetKind::buttons;
  if (!is_rich && content.expected.type.empty() && content.css_class.empty()) return {};
  return dialog::to_json(content);
}

// Choices as buttons, which every client knows; `asset` has all there is, for those that know more.
json::value app_object(const ChatMessage& message, const dialog::Rendered& rendered,
                       json::object& rich) {
  if (message.content.asset.kind == dialog::AssetKind::none) return nullptr;
  json::array buttons;
  for (const dialog::Choice& choice : rendered.choices) {
    buttons.push_back(json::object{{"label", choice.label}, {"value", choice.answer}});
  }
  json::object out{{"type", "buttons"},
                   {"buttons", std::move(buttons)},
                   {"input", message.content.input_disabled ? "disabled" : "enabled"}};
  if (message.content.asset.kind != dialog::AssetKind::buttons) {
    out["asset"] = std::move(rich["asset"]);
    // `msg` has the asset's words too, for clients that show nothing else.
    out["text"] = message.content.text;
  }
  return out;
}

}  // namespace

web::Response error_response(int status, std::string message, std::vector<FieldError> errors) {
  json::object body{{"message", message}};
  if (status < 500) {
    json::array items;
    for (FieldError& error : errors) {
      items.push_back(json::object{{"source", std::move(error.source)},
                                   {"type", std::move(error.type)},
                                   {"message", std::move(error.message)}});
    }
    if (items.empty()) {
      items.push_back(
          json::object{{"source", "request"}, {"type", "invalid"}, {"message", message}});
    }
    body["errors"] = std::move(items);
  }
  return web::json_response(status, json::serialize(body));
}

web::Response error_response(const base::Error& error, int retry_after_seconds) {
  auto response = error_response(web::status_of(error.code), error.message,
                                 {{error.where.empty() ? "request" : error.where,
                                   std::string(base::to_string(error.code)), error.message}});
  return web::with_retry_after(std::move(response), retry_after_seconds);
}

web::Response too_many(std::string message, int wait_seconds) {
  return web::with_retry_after(error_response(429, std::move(message)), wait_seconds);
}

json::object message_json(const ChatMessage& message, const Identity& identity,
                          const Files* files) {
  const bool by_consumer = message.side == Side::consumer;
  const bool by_agent = message.side == Side::agent;
  const std::string consumer = identity.consumer.to_string();
  // Links, prompts and cards as words, which is what every client of the platform can show.
  static const flow::Capabilities& kWords = *flow::find_channel("rest");
  const auto rendered = dialog::render(message.content, kWords).front();
  json::object rich = rich_content(message.content);
  json::object out{
      {"id", message.id.to_string()},
      {"chat_id", identity.chat.to_string()},
      {"seq_num", message.sequence},
      {"from", by_consumer ? consumer
               : by_agent  ? message.agent
                           : "bot"},
      {"from_side", by_consumer ? "anonymous_consumer"
                    : by_agent  ? "agent"
                                : "bot"},
      {"user_id", consumer},
      {"msg_type", "text"},
      {"msg", rendered.text},
      {"app_object", app_object(message, rendered, rich)},
      {"secure_app_object", message.content.secure},
      {"client_msg_id", !by_consumer || message.input_id.starts_with('~')
                            ? json::value(nullptr)
                            : json::value(runtime::sender_message_id(message.input_id))},
      {"correlation_id", nullptr},
      {"gateway", "pypestream_widget"},
      {"version", "1"},
      {"ts", message.at.ms}};
  if (by_agent) out["agent_name"] = message.agent_name;
  if (by_consumer && files != nullptr) {
    if (auto file = files->shown(message.content.text)) {
      out["file"] = file->url;
      out["file_status"] = "ready";
      out["file_name"] = file->name;
      out["file_type"] = file->type;
    }
  }
  for (const std::string_view more : {"expects", "class"}) {
    if (auto* value = rich.if_contains(more)) out[more] = std::move(*value);
  }
  return out;
}

json::object snapshot_json(const runtime::Snapshot& snapshot, const Identity& identity,
                           const runtime::Solutions& solutions, const Files* files) {
  const dialog::State& state = snapshot.state;
  json::array history;
  int64_t by_consumer = 0;
  int64_t by_agent = 0;
  for (const ChatMessage& message : snapshot.messages) {
    if (message.side == Side::consumer) ++by_consumer;
    if (message.side == Side::agent) ++by_agent;
    history.push_back(message_json(message, identity, files));
  }
  const bool ended = state.phase == dialog::Phase::ended;
  const bool begun = state.phase != dialog::Phase::opened;
  json::object out{
      {"id", state.chat.to_string()},
      {"status", ended   ? "ended"
                 : begun ? "active"
                         : "new"},
      {"history", std::move(history)},
      {"seq_num", state.sequence},
      {"start_ts", state.created_at.ms / 1000},
      {"gateway", "pypestream_widget"},
      {"gateway_metadata", state.user_data},
      {"consumer", "consumer_" + identity.consumer.to_string()},
      {"consumer_type", "anonymous"},
      {"consumer_msg_count", by_consumer},
      {"bot_msg_count", static_cast<int64_t>(snapshot.messages.size()) - by_consumer - by_agent},
      {"agent_msg_count", by_agent},
      {"originating_side", "consumer"},
      {"originator_user_id", identity.consumer.to_string()},
      {"bot_name", snapshot.solution},
      {"bot_enabled", !state.agent},
      {"agent_is_assigned", state.agent && !state.agent->id.empty()},
      {"target_bot_node", std::to_string(state.node)},
      {"participants", json::array()},
      {"participant_history", json::array()},
      {"user_read_counts", json::array()},
      {"read_receipts", json::array()},
      {"delivery_receipts", json::array()},
      {"is_typing", state.phase == dialog::Phase::calling},
      {"encrypted", false},
      {"version", 1}};
  if (ended) out["ended_by"] = state.end_reason;
  if (state.agent && !state.agent->id.empty()) {
    out["agent"] = state.agent->id;
    out["agent_name"] = state.agent->name;
    out["agent_assign_ts"] = state.agent->joined_at.ms / 1000;
  }
  // Not published: what was said before this page is asked for with `before`.
  out["has_more"] = snapshot.before != 0;
  if (snapshot.before != 0) out["before"] = snapshot.before;
  if (const auto solution = solutions.named(snapshot.solution)) {
    out["app_id"] = solution->app_id.to_string();
    out["pype_id"] = solution->pype_id.to_string();
    out["pype_name"] = solution->name;
    out["stream_id"] = solution->stream_id.to_string();
    out["stream_name"] = solution->name;
  }
  return out;
}

json::object session_json(const runtime::Session& session, std::string_view token,
                          base::Timestamp at, base::Timestamp until) {
  return {{"access_token", token},
          {"expires_at", until.ms / 1000},
          {"expires_in", (until.ms - at.ms) / 1000},
          {"chat_id", session.chat.to_string()},
          {"id", session.consumer.to_string()},
          {"web_chat_pype_id", session.solution->pype_id.to_string()},
          {"web_chat_pype_name", session.solution->name},
          {"web_chat_stream_id", session.solution->stream_id.to_string()},
          {"created_at", at.ms / 1000},
          {"masking_rules", json::array()},
          {"role", "consumer"},
          {"widget_auto_start_with_bot", true},
          {"widget_data", json::object()}};
}

}  // namespace millrace::engage
