// A joined topic of one socket: hears the runtime on the consumer's lane, and pushes what it hears
// as the contract's events. A join that says what it heard last gets what it missed first, each
// message once, and then what has happened meanwhile.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/web/web.hpp"
#include "engage/files.hpp"
#include "engage/phoenix.hpp"
#include "engage/tokens.hpp"
#include "runtime/runtime.hpp"

namespace millrace::engage {

// `seq_num` of a join's payload: the number of the last message that the client has, 0 for none;
// nullopt when it does not say. invalid_argument: it is no such number.
base::Result<std::optional<int64_t>> last_heard_of(const json::object& payload);

class Channel final : public runtime::Subscriber {
 public:
  Channel(std::shared_ptr<web::Socket> socket, Serializer serializer, Identity identity,
          std::string topic, std::optional<std::string> join_ref, const Files* files);

  const std::optional<std::string>& join_ref() const { return join_ref_; }
  // On any thread.
  void push(std::string_view event, json::object payload,
            std::optional<std::string> ref = std::nullopt);

  // Before it subscribes: messages are kept back until release().
  void hold(int64_t last_heard);
  // The reply to such a join: {"seq_num", "replayed", "has_more"}. `has_more`: the page does not
  // reach back to what was heard last, so a snapshot has to be asked for.
  json::object missed(const runtime::Snapshot& snapshot) const;
  void release(const runtime::Snapshot& snapshot);
  // Instead of release(), where what was missed cannot be told: nothing is kept back any more.
  void let_go() { held_.reset(); }

  // `chat:ready` for who joins a chat that is in this phase.
  void started_before(dialog::Phase phase);
  void started() override;
  void said(const std::vector<runtime::ChatMessage>& messages) override;
  void typing(bool is_typing) override;
  void consumer_typing(bool is_typing) override;
  void ended(std::string_view reason) override;
  void handed_over(const dialog::HandOver& hand_over) override;
  void lost() override;

 private:
  struct Event {
    std::string_view name;
    json::object payload;
    int64_t sequence = 0;  // of a message; 0 of anything else
  };
  struct Held {
    int64_t last_heard = 0;
    std::vector<Event> events;
  };
  bool reaches_back(const runtime::Snapshot& snapshot) const;
  void tell(Event event);

  const std::shared_ptr<web::Socket> socket_;
  const Serializer serializer_;
  const Identity identity_;
  const std::string topic_;
  const std::optional<std::string> join_ref_;
  const Files* const files_;  // none: nothing is kept
  std::optional<Held> held_;  // only on the consumer's lane, once subscribed
};

}  // namespace millrace::engage
