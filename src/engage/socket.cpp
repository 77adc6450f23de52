#include "engage/socket.hpp"

#include "base/resilience/shares.hpp"
#include "engage/channel.hpp"
#include "engage/start_chat.hpp"
#include "engage/wire.hpp"

namespace millrace::engage {

SocketConnection::SocketConnection(SocketPorts ports, std::string key, Identity identity,
                                   Serializer serializer, Asker asker)
    : runtime_(ports.runtime),
      solutions_(ports.solutions),
      clock_(ports.clock),
      shares_(ports.shares),
      files_(ports.files),
      identity_keys_(ports.identity_keys),
      key_(std::move(key)),
      identity_(identity),
      serializer_(serializer),
      asker_(std::move(asker)) {}

SocketConnection::~SocketConnection() = default;

void SocketConnection::opened(std::shared_ptr<web::Socket> socket) {
  socket_ = std::move(socket);
}

void SocketConnection::closed() {
  if (channel_) forget_channel();
  socket_.reset();
}

void SocketConnection::forget_channel() {
  channel_.reset();
  runtime_.forget_gone_subscribers(identity_.consumer);
}

std::string SocketConnection::topic() const {
  return "chat:" + identity_.chat.to_string();
}

void SocketConnection::received_text(std::string_view text) {
  const auto frame = read_frame(serializer_, text);
  if (!frame) {
    socket_->close(kCloseBadFormat, "badly formatted message");
    return;
  }
  if (frame->topic == "phoenix") {
    if (frame->event == "heartbeat") reply(*socket_, *frame, "ok", {});
  } else if (frame->event == "phx_join") {
    join(*frame);
  } else if (frame->event == "phx_leave") {
    leave(*frame);
  } else if (!channel_ || frame->topic != topic()) {
    Frame unjoined = *frame;
    unjoined.join_ref.reset();
    reply(*socket_, unjoined, "error", {{"reason", "unmatched topic"}});
  } else if (frame->join_ref && frame->join_ref != channel_->join_ref()) {
    // Of a join that is over: dropped, as Phoenix does.
  } else {
    take(*frame);
  }
}

// No event of the contract takes bytes: the push fails, and the socket goes on.
bool SocketConnection::received_binary(std::string_view bytes) {
  if (serializer_ != Serializer::v2) return false;
  const auto frame = read_binary_frame(bytes);
  if (!frame) socket_->close(kCloseBadFormat, "badly formatted message");
  if (frame) reply(*socket_, *frame, "error", {{"reason", "binary payloads are not taken"}});
  return true;
}

void SocketConnection::join(const Frame& frame) {
  auto given = json::get_string(frame.payload, "access_token");
  if (!given) given = json::get_string(frame.payload, "token");
  const auto named = given ? read_token(key_, *given, clock_.now()) : identity_;
  if (frame.topic != topic() || !named || named->chat != identity_.chat) {
    reply(*socket_, frame, "error", {{"reason", "unauthorized"}});
    return;
  }
  if (const auto wait = take_turn(shares_, asker_, identity_, 0)) {
    refuse_for(*socket_, frame, *wait);
    return;
  }
  const auto last_heard = last_heard_of(frame.payload);
  if (!last_heard) {
    refuse(*socket_, frame, "invalid", last_heard.error());
    return;
  }
  if (channel_) channel_->push("phx_close", {}, channel_->join_ref());
  // V1 clients do not always say which join a frame belongs to; the join's ref names it.
  const auto join_ref = frame.join_ref ? frame.join_ref : frame.ref;
  channel_ =
      std::make_shared<Channel>(socket_, serializer_, identity_, frame.topic, join_ref, files_);
  if (*last_heard) channel_->hold(**last_heard);
  runtime_.subscribe(identity_.consumer, identity_.chat, channel_,
                     [self = shared_from_this(), socket = socket_, channel = channel_, frame,
                      replays = last_heard->has_value()](base::Result<dialog::Phase> phase) {
                       if (!phase) {
                         self->refuse(*socket, frame, "unavailable", phase.error());
                       } else if (replays) {
                         self->replay(socket, channel, frame, *phase);
                       } else {
                         self->reply(*socket, frame, "ok", {});
                         channel->started_before(*phase);
                       }
                     });
}

// What was missed comes before whatever happens from now on, which waits for it.
void SocketConnection::replay(const std::shared_ptr<web::Socket>& socket,
                              const std::shared_ptr<Channel>& channel, const Frame& frame,
                              dialog::Phase phase) {
  runtime_.snapshot(identity_.consumer, identity_.chat, 0,
                    [self = shared_from_this(), socket, channel, frame,
                     phase](base::Result<runtime::Snapshot> snapshot) {
                      if (!snapshot) {
                        channel->let_go();
                        self->refuse(*socket, frame, "unavailable", snapshot.error());
                        return;
                      }
                      self->reply(*socket, frame, "ok", channel->missed(*snapshot));
                      channel->started_before(phase);
                      channel->release(*snapshot);
                    });
}

void SocketConnection::leave(const Frame& frame) {
  reply(*socket_, frame, "ok", {});
  if (!channel_ || frame.topic != topic()) return;
  channel_->push("phx_close", {}, channel_->join_ref());
  forget_channel();
}

void SocketConnection::take(const Frame& frame) {
  const bool is_turn = frame.event == "msg:send" || frame.event == "chat:start" ||
                       frame.event == "chat:snapshot" || frame.event == "chat:end" ||
                       frame.event == "chat:event" || frame.event == "chat:type";
  if (is_turn) {
    const auto text = json::get_string(frame.payload, "msg").value_or("");
    auto wait = take_turn(shares_, asker_, identity_, text.size());
    if (!wait && frame.event == "chat:event") wait = take_event(shares_, identity_);
    if (wait) {
      refuse_for(*socket_, frame, *wait);
      return;
    }
  }
  if (frame.event == "msg:send") {
    send_message(frame);
  } else if (frame.event == "new:ping") {
    channel_->push("new:pong", {{"seq", json::get_integer(frame.payload, "seq").value_or(0)},
                                {"user_id", identity_.consumer.to_string()}});
    reply(*socket_, frame, "ok", {});
  } else if (frame.event == "chat:start") {
    start_chat(frame);
  } else if (frame.event == "chat:snapshot") {
    send_snapshot(frame);
  } else if (frame.event == "chat:end") {
    end_chat(frame);
  } else if (frame.event == "chat:event") {
    tell_event(frame);
  } else if (frame.event == "chat:type") {
    tell_typing(frame);
  } else {
    reply(*socket_, frame, "error", {{"reason", "unknown event"}});
  }
}

void SocketConnection::start_chat(const Frame& frame) {
  if (const auto right = check_start(frame.payload, identity_, solutions_); !right) {
    refuse(*socket_, frame, "invalid", right.error());
    return;
  }
  runtime_.start(identity_.consumer, identity_.chat, answer_to(frame));
}

void SocketConnection::send_message(const Frame& frame) {
  auto message = read_message(frame.payload, identity_);
  if (!message) {
    refuse(*socket_, frame, "invalid", message.error());
    return;
  }
  json::object receipt{{"client_msg_id", message->client_message_id},
                       {"correlation_id", std::move(message->correlation_id)}};
  runtime_.say({.consumer = identity_.consumer,
                .chat = identity_.chat,
                .input_id = std::move(message->client_message_id),
                .text = std::move(message->text),
                .app = identity_.app},
               [self = shared_from_this(), socket = socket_, frame,
                receipt = std::move(receipt)](base::Result<runtime::Receipt> said) mutable {
                 if (!said) {
                   self->refuse(*socket, frame, "refused", said.error());
                   return;
                 }
                 receipt["id"] = said->message.to_string();
                 receipt["seq_num"] = said->sequence;
                 receipt["chat_id"] = said->chat.to_string();
                 self->reply(*socket, frame, "ok", std::move(receipt));
               });
}

void SocketConnection::tell_event(const Frame& frame) {
  auto event = read_event(frame.payload);
  if (!event) {
    refuse(*socket_, frame, "invalid", event.error());
    return;
  }
  const auto solution = solutions_.find(identity_.app);
  if (const auto right = identify(*event, solution.get(), identity_keys_); !right) {
    refuse(*socket_, frame, "refused", right.error());
    return;
  }
  runtime_.tell_event(identity_.consumer, identity_.chat, std::move(*event), answer_to(frame));
}

// Told to all who joined the chat but this one, whose consumer knows it.
void SocketConnection::tell_typing(const Frame& frame) {
  const auto is_typing = read_typing(frame.payload, identity_);
  if (!is_typing) {
    refuse(*socket_, frame, "invalid", is_typing.error());
    return;
  }
  runtime_.type(identity_.consumer, identity_.chat, *is_typing, channel_);
  reply(*socket_, frame, "ok", {});
}

void SocketConnection::end_chat(const Frame& frame) {
  runtime_.end(identity_.consumer, identity_.chat, std::string(dialog::kEndByConsumer),
               answer_to(frame));
}

runtime::Done<void> SocketConnection::answer_to(const Frame& frame) {
  return [self = shared_from_this(), socket = socket_, frame](base::Result<void> done) {
    if (done) {
      self->reply(*socket, frame, "ok", {});
    } else {
      self->refuse(*socket, frame, "refused", done.error());
    }
  };
}

void SocketConnection::send_snapshot(const Frame& frame) {
  const int64_t before = json::get_integer(frame.payload, "before").value_or(0);
  runtime_.snapshot(
      identity_.consumer, identity_.chat, before,
      [self = shared_from_this(), socket = socket_, channel = channel_,
       frame](base::Result<runtime::Snapshot> snapshot) {
        if (!snapshot) {
          self->refuse(*socket, frame, "refused", snapshot.error());
          return;
        }
        self->reply(*socket, frame, "ok", {});
        channel->push("chat:snapshot_response",
                      snapshot_json(*snapshot, self->identity_, self->solutions_, self->files_));
      });
}

void SocketConnection::reply(web::Socket& socket, const Frame& frame, std::string_view status,
                             json::object response) const {
  if (!frame.ref) return;
  socket.send_text(write_frame(serializer_, reply_to(frame, status, std::move(response))));
}

void SocketConnection::refuse(web::Socket& socket, const Frame& frame, std::string_view reason,
                              const base::Error& error) const {
  const int status = web::status_of(error.code);
  json::object response{
      {"reason", reason}, {"status", status}, {"message", error.message}, {"source", error.where}};
  if (status == 429 || status == 503) {
    const int seconds = runtime_.retry_after_seconds();
    response["retry_after"] = seconds;
    web::let_rest(socket, seconds);
  }
  reply(socket, frame, "error", std::move(response));
}

void SocketConnection::refuse_for(web::Socket& socket, const Frame& frame, int wait_seconds) const {
  web::let_rest(socket, wait_seconds);
  reply(socket, frame, "error",
        {{"reason", "refused"},
         {"status", 429},
         {"message", "too much was sent; wait"},
         {"retry_after", wait_seconds}});
}

}  // namespace millrace::engage
