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

web::Response pong(const Identity& identity, const json::object& body) {
  json::object pong{{"chat_id", identity.chat.to_string()},
                    {"user_id", identity.consumer.to_string()}};
  if (const auto seq = json::get_integer(body, "seq")) pong["seq"] = *seq;
  return web::json_response(201, json::serialize(pong));
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

void Engagement::chat_call(const web::Request& request, std::string_view chat,
                           std::string_view operation, web::Respond respond) {
  const auto identity = identity_of(request);
  if (!identity) {
    respond(unauthenticated());
    return;
  }
  if (base::Id::parse(chat) != identity->chat) {
    respond(error_response(404, "there is no such chat"));
    return;
  }
  const bool only_looks = operation == "snapshot" || operation == "ping" || operation == "type";
  if (auto refused = refusal(request, identity->app, only_looks ? Does::look : Does::change)) {
    respond(std::move(*refused));
    return;
  }
  const auto body = read_body(request);
  if (!body) {
    respond(error_response(body.error()));
    return;
  }
  auto wait =
      take_turn(shares_, {request.network, request.is_local}, *identity, request.body.size());
  if (!wait && operation == "event") wait = take_event(shares_, *identity);
  if (wait) {
    respond(too_many("too much was sent; wait", *wait));
    return;
  }
  do_call(*identity, operation, *body, std::move(respond));
}

void Engagement::do_call(const Identity& identity, std::string_view operation,
                         const json::object& body, web::Respond respond) {
  const auto [consumer, chat] = std::pair{identity.consumer, identity.chat};
  if (operation == "start") {
    if (const auto right = check_start(body, identity, solutions_); !right) {
      respond(error_response(right.error()));
      return;
    }
    runtime_.start(consumer, chat, answer_empty(runtime_, 202, std::move(respond)));
  } else if (operation == "message") {
    say(identity, body, std::move(respond));
  } else if (operation == "event") {
    auto event = read_event(body);
    if (!event) {
      respond(error_response(event.error()));
      return;
    }
    runtime_.tell_event(consumer, chat, std::move(*event),
                        answer_empty(runtime_, 204, std::move(respond)));
  } else if (operation == "ping") {
    respond(pong(identity, body));
  } else if (operation == "type") {
    respond(web::Response{204, {}, {}});  // nobody listens to a consumer's typing yet
  } else if (operation == "snapshot") {
    runtime_.snapshot(
        consumer, chat, json::get_integer(body, "before").value_or(0),
        [this, identity,
         respond = std::move(respond)](base::Result<runtime::Snapshot> snapshot) mutable {
          respond(snapshot ? web::json_response(201, json::serialize(snapshot_json(
                                                         *snapshot, identity, solutions_)))
                           : error_response(snapshot.error(), runtime_.retry_after_seconds()));
        });
  } else if (operation == "end") {
    runtime_.end(consumer, chat, std::string(dialog::kEndByConsumer),
                 answer_empty(runtime_, 204, std::move(respond)));
  } else {
    respond(error_response(404, "there is nothing at this address"));
  }
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
