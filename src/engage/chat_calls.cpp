// The REST calls about one chat: /messaging/v1/chats/{id}/{operation}.
#include "engage/chat_calls.hpp"

#include "base/text.hpp"
#include "engage/asking.hpp"
#include "engage/engage.hpp"
#include "engage/start_chat.hpp"
#include "engage/wire.hpp"

namespace millrace::engage {
namespace {

runtime::Done<void> answer_empty(const runtime::Runtime& runtime, int status,
                                 web::Respond respond) {
  return [&runtime, status, respond = std::move(respond)](base::Result<void> done) mutable {
    respond(done ? web::Response{status, {}, {}}
                 : error_response(done.error(), runtime.retry_after_seconds()));
  };
}

}  // namespace

base::Result<json::object> read_body(const web::Request& request) {
  if (base::trim(request.body).empty()) return json::object();
  return json::parse_object(request.body);
}

web::Response unauthenticated() {
  web::Response refused = error_response(
      401, "the access token is missing, not valid, or over",
      {{"Authorization", "unauthenticated", "send Authorization: Bearer <access_token>"}});
  refused.headers.push_back({"WWW-Authenticate", "Bearer"});
  return refused;
}

void Engagement::call_chat(const ChatCall& call, const web::Request& request, std::string_view chat,
                           const Identity& identity, web::Respond respond) {
  if (base::Id::parse(chat) != identity.chat) {
    return respond(error_response(404, "there is no such chat"));
  }
  if (auto refused = refusal(request, identity.app, call.does)) {
    return respond(std::move(*refused));
  }
  const auto body = read_body(request);
  if (!body) return respond(error_response(body.error()));
  auto wait =
      take_turn(shares_, {request.network, request.is_local}, identity, request.body.size());
  if (!wait && call.is_event) wait = take_event(shares_, identity);
  if (wait) return respond(too_many("too much was sent; wait", *wait));
  (this->*call.serve)(identity, *body, std::move(respond));
}

void Engagement::start(const Identity& identity, const json::object& body, web::Respond respond) {
  if (const auto right = check_start(body, identity, solutions_); !right) {
    return respond(error_response(right.error()));
  }
  runtime_.start(identity.consumer, identity.chat, answer_empty(runtime_, 202, std::move(respond)));
}

void Engagement::tell_event(const Identity& identity, const json::object& body,
                            web::Respond respond) {
  auto event = read_event(body);
  if (!event) return respond(error_response(event.error()));
  const auto solution = solutions_.find(identity.app);
  if (const auto right = identify(*event, solution.get(), identity_keys_); !right) {
    return respond(error_response(right.error()));
  }
  runtime_.tell_event(identity.consumer, identity.chat, std::move(*event),
                      answer_empty(runtime_, 204, std::move(respond)));
}

void Engagement::ping(const Identity& identity, const json::object& body, web::Respond respond) {
  json::object pong{{"chat_id", identity.chat.to_string()},
                    {"user_id", identity.consumer.to_string()}};
  if (const auto seq = json::get_integer(body, "seq")) pong["seq"] = *seq;
  respond(web::json_response(201, json::serialize(pong)));
}

void Engagement::type(const Identity& identity, const json::object& body, web::Respond respond) {
  const auto is_typing = read_typing(body, identity);
  if (!is_typing) return respond(error_response(is_typing.error()));
  runtime_.type(identity.consumer, identity.chat, *is_typing);
  respond({204, {}, {}});
}

void Engagement::snapshot(const Identity& identity, const json::object& body,
                          web::Respond respond) {
  runtime_.snapshot(
      identity.consumer, identity.chat, json::get_integer(body, "before").value_or(0),
      [this, identity,
       respond = std::move(respond)](base::Result<runtime::Snapshot> snapshot) mutable {
        respond(snapshot ? web::json_response(201, json::serialize(snapshot_json(
                                                       *snapshot, identity, solutions_, files_)))
                         : error_response(snapshot.error(), runtime_.retry_after_seconds()));
      });
}

void Engagement::end(const Identity& identity, const json::object&, web::Respond respond) {
  runtime_.end(identity.consumer, identity.chat, std::string(dialog::kEndByConsumer),
               answer_empty(runtime_, 204, std::move(respond)));
}

void Engagement::say(const Identity& identity, const json::object& body, web::Respond respond) {
  auto message = read_message(body, identity);
  if (!message) {
    respond(error_response(message.error()));
    return;
  }
  runtime_.say({.consumer = identity.consumer,
                .chat = identity.chat,
                .input_id = std::move(message->client_message_id),
                .text = std::move(message->text),
                .app = identity.app},
               [this, respond = std::move(respond)](base::Result<runtime::Receipt> said) mutable {
                 respond(said ? web::Response{204, {}, {}}
                              : error_response(said.error(), runtime_.retry_after_seconds()));
               });
}

}  // namespace millrace::engage
