// The Engagement API of the published contract: sessions, chats and messages over REST, and the
// Phoenix socket (reference: engagement-api.md). A thin edge: it parses strictly, authenticates,
// hands over to the runtime, and answers after the commit. It stores nothing of its own.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "base/resilience/shares.hpp"
#include "base/web/web.hpp"
#include "base/web/web_origin.hpp"
#include "engage/events.hpp"
#include "engage/files.hpp"
#include "engage/long_polls.hpp"
#include "engage/tokens.hpp"
#include "engage/visitor.hpp"
#include "runtime/runtime.hpp"

namespace millrace::engage {

struct EngagementOptions {
  std::chrono::seconds token_life{24 * 3'600};
  web::OriginRule origins;  // besides it a solution's own list (solution.yaml: origins) counts
};

class Engagement final : public web::Handler {
 public:
  // `key` signs access tokens; whoever has it can speak for any consumer.
  struct Ports {
    runtime::Runtime& runtime;
    const runtime::Solutions& solutions;
    base::Lanes& lanes;
    base::Clock& clock;
    base::Random& random;
    base::Shares& shares;
    IdentityKeys& identity_keys;
    Files* files = nullptr;  // none: nobody can send any
  };
  Engagement(Ports ports, std::string key, EngagementOptions options = {});

  void handle(web::Request request, web::Respond respond) override;
  web::UpgradeAnswer upgrade(const web::Request& request) override;

 private:
  struct Table;  // engage.cpp: which address is what
  enum class Does { look, change };

  // Whom a new socket is for, or why there is none: the status.
  std::expected<Identity, int> socket_identity(const web::Request& request,
                                               const std::optional<std::string>& offered) const;
  std::shared_ptr<web::SocketHandler> new_socket(const web::Request& request,
                                                 const Identity& identity);
  void long_poll(const web::Request& request, web::Respond respond);
  void open_session(base::Id app, const json::object& body, std::string address,
                    web::Respond respond);
  void take_file(const web::Request& request, std::string_view chat, const Identity& identity,
                 web::Respond respond);
  base::Timestamp end_of_token();
  std::optional<Identity> identity_of(const web::Request& request);
  // As web::refuses_change, with the list of that solution; who only looks need not say JSON.
  std::optional<web::Response> refusal(const web::Request& request, base::Id app,
                                       Does does = Does::change) const;
  std::optional<int> take_session(const web::Request& request, base::Id app);
  void openapi(const web::Request& request, web::Respond respond);
  void asyncapi(const web::Request& request, web::Respond respond);
  void anonymous_session(const web::Request& request, web::Respond respond);
  void renew(const web::Request& request, Identity identity, web::Respond respond);

  // The calls about a chat (chat_calls.cpp). Each has what every one of them is asked first.
  struct ChatCall {
    Does does;
    void (Engagement::*serve)(const Identity&, const json::object& body, web::Respond);
    bool is_event = false;
  };
  void call_chat(const ChatCall& call, const web::Request& request, std::string_view chat,
                 const Identity& identity, web::Respond respond);
  void start(const Identity& identity, const json::object& body, web::Respond respond);
  void say(const Identity& identity, const json::object& body, web::Respond respond);
  void tell_event(const Identity& identity, const json::object& body, web::Respond respond);
  void ping(const Identity& identity, const json::object& body, web::Respond respond);
  void type(const Identity& identity, const json::object& body, web::Respond respond);
  void snapshot(const Identity& identity, const json::object& body, web::Respond respond);
  void end(const Identity& identity, const json::object& body, web::Respond respond);

  runtime::Runtime& runtime_;
  const runtime::Solutions& solutions_;
  base::Clock& clock_;
  base::Shares& shares_;
  IdentityKeys& identity_keys_;
  Files* const files_;
  const std::string key_;
  const EngagementOptions options_;
  LongPolls long_polls_;
};

// PUT /botmanager/versions/{version}/graph (reference: studio-and-action-nodes.md 8). Whatever is
// installed is locked, as the published contract says: 412, an author deploys another version.
class BotManager final : public web::Handler {
 public:
  explicit BotManager(const runtime::Solutions& solutions) : solutions_(solutions) {}
  void handle(web::Request request, web::Respond respond) override;

 private:
  const runtime::Solutions& solutions_;
};

}  // namespace millrace::engage
