#include "engage/channel.hpp"

#include "engage/events.hpp"
#include "engage/wire.hpp"

namespace millrace::engage {

base::Result<std::optional<int64_t>> last_heard_of(const json::object& payload) {
  const auto* given = payload.if_contains("seq_num");
  if (given == nullptr || given->is_null()) return std::nullopt;
  const auto number = json::get_integer(payload, "seq_num");
  if (!number || *number < 0) {
    return base::fail(base::Code::invalid_argument,
                      "seq_num must be the number of the last message that was heard, 0 for none",
                      "seq_num");
  }
  return *number;
}

Channel::Channel(std::shared_ptr<web::Socket> socket, Serializer serializer, Identity identity,
                 std::string topic, std::optional<std::string> join_ref, const Files* files)
    : socket_(std::move(socket)),
      serializer_(serializer),
      identity_(identity),
      topic_(std::move(topic)),
      join_ref_(std::move(join_ref)),
      files_(files) {}

void Channel::push(std::string_view event, json::object payload, std::optional<std::string> ref) {
  socket_->send_text(write_frame(
      serializer_, {join_ref_, std::move(ref), topic_, std::string(event), std::move(payload)}));
}

void Channel::tell(Event event) {
  if (held_) {
    held_->events.push_back(std::move(event));
  } else {
    push(event.name, std::move(event.payload));
  }
}

void Channel::hold(int64_t last_heard) {
  held_ = Held{last_heard, {}};
}

bool Channel::reaches_back(const runtime::Snapshot& snapshot) const {
  if (snapshot.before == 0 || snapshot.messages.empty()) return true;
  return snapshot.messages.front().sequence <= held_->last_heard + 1;
}

json::object Channel::missed(const runtime::Snapshot& snapshot) const {
  const bool has_all = reaches_back(snapshot);
  int64_t count = 0;
  for (const auto& message : snapshot.messages) count += message.sequence > held_->last_heard;
  return {{"seq_num", snapshot.state.sequence},
          {"replayed", has_all ? count : 0},
          {"has_more", !has_all}};
}

void Channel::release(const runtime::Snapshot& snapshot) {
  const bool has_all = reaches_back(snapshot);
  const Held held = *std::exchange(held_, std::nullopt);
  int64_t last = held.last_heard;
  for (const auto& message : snapshot.messages) {
    if (!has_all || message.sequence <= last) continue;
    push("incoming:msg", message_json(message, identity_, files_));
    last = message.sequence;
  }
  for (const Event& event : held.events) {
    if (event.sequence == 0 || event.sequence > last) push(event.name, event.payload);
  }
}

void Channel::started_before(dialog::Phase phase) {
  const bool is_open = phase != dialog::Phase::opened && phase != dialog::Phase::ended;
  if (is_open) push("chat:ready", {{"chat_ID", identity_.chat.to_string()}});
}

void Channel::started() {
  tell({"chat:ready", {{"chat_ID", identity_.chat.to_string()}}});
}

void Channel::said(const std::vector<runtime::ChatMessage>& messages) {
  for (const runtime::ChatMessage& message : messages) {
    tell({"incoming:msg", message_json(message, identity_, files_), message.sequence});
  }
}

void Channel::typing(bool is_typing) {
  tell({"incoming:notice", typing_json(is_typing, identity_)});
}

void Channel::consumer_typing(bool is_typing) {
  tell({"incoming:notice", consumer_typing_json(is_typing, identity_)});
}

void Channel::ended(std::string_view reason) {
  tell({"incoming:notice", ended_json(reason, identity_)});
}

void Channel::handed_over(const dialog::HandOver& hand_over) {
  auto payload = hand_over_json(hand_over, identity_);
  if (!payload.empty()) tell({"incoming:notice", std::move(payload)});
}

void Channel::lost() {
  push("phx_error", {{"reason", "unavailable"}}, join_ref_);
}

}  // namespace millrace::engage
