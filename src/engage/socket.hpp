// One Phoenix socket of one consumer: its joins, the events it sends, and what is pushed to it
// (reference: engagement-api.md 4, phoenix-channels.md).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/web/web.hpp"
#include "engage/asking.hpp"
#include "engage/files.hpp"
#include "engage/phoenix.hpp"
#include "engage/tokens.hpp"
#include "engage/visitor.hpp"
#include "runtime/runtime.hpp"

namespace millrace::engage {

class Channel;

struct SocketPorts {
  runtime::Runtime& runtime;
  const runtime::Solutions& solutions;
  base::Clock& clock;
  base::Shares& shares;
  const Files* files;
  IdentityKeys& identity_keys;
};

class SocketConnection final : public web::SocketHandler,
                               public std::enable_shared_from_this<SocketConnection> {
 public:
  SocketConnection(SocketPorts ports, std::string key, Identity identity, Serializer serializer,
                   Asker asker);
  ~SocketConnection() override;

  void opened(std::shared_ptr<web::Socket> socket) override;
  void received_text(std::string_view text) override;
  bool received_binary(std::string_view bytes) override;
  void closed() override;

 private:
  void join(const Frame& frame);
  void replay(const std::shared_ptr<web::Socket>& socket, const std::shared_ptr<Channel>& channel,
              const Frame& frame, dialog::Phase phase);
  void leave(const Frame& frame);
  void take(const Frame& frame);
  void start_chat(const Frame& frame);
  void send_message(const Frame& frame);
  void tell_event(const Frame& frame);
  void tell_typing(const Frame& frame);
  void end_chat(const Frame& frame);
  // Answers the frame once the runtime has done what it asked for.
  runtime::Done<void> answer_to(const Frame& frame);
  void send_snapshot(const Frame& frame);
  // Answers come on the consumer's lane while the socket's own thread may be closing it: whoever
  // answers holds the socket by itself.
  void reply(web::Socket& socket, const Frame& frame, std::string_view status,
             json::object response) const;
  void refuse(web::Socket& socket, const Frame& frame, std::string_view reason,
              const base::Error& error) const;
  // A share is full.
  void refuse_for(web::Socket& socket, const Frame& frame, int wait_seconds) const;
  void forget_channel();
  std::string topic() const;

  runtime::Runtime& runtime_;
  const runtime::Solutions& solutions_;
  base::Clock& clock_;
  base::Shares& shares_;
  const Files* const files_;
  IdentityKeys& identity_keys_;
  const std::string key_;
  const Identity identity_;
  const Serializer serializer_;
  const Asker asker_;
  std::shared_ptr<web::Socket> socket_;
  // The one chat of the token; null while it is not joined. Only the socket's own calls touch it.
  std::shared_ptr<Channel> channel_;
};

}  // namespace millrace::engage
