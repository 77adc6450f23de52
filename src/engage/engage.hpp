// The Engagement API of the published contract: sessions, chats and messages over REST, and the
// Phoenix socket (reference: engagement-api.md). A thin edge: it parses strictly, authenticates,
// hands over to the runtime, and answers after the commit. It stores nothing of its own.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/shares.hpp"
#include "base/web.hpp"
#include "base/web_origin.hpp"
#include "engage/tokens.hpp"
#include "runtime/runtime.hpp"

namespace millrace::engage {

struct EngagementOptions {
  std::chrono::seconds token_life{24 * 3'600};
  web::OriginRule origins;  // besides it a solution's own list (solution.yaml: origins) counts
};

class Engagement final : public web::Handler {
 public:
  // `key` signs access tokens; whoever has it can speak for any consumer.
  Engagement(runtime::Runtime& runtime, const runtime::Solutions& solutions, base::Clock& clock,
             base::Shares& shares, std::string key, EngagementOptions options = {});

  // True for the paths this edge answers.
  static bool serves(std::string_view path);

  void handle(web::Request request, web::Respond respond) override;
  web::UpgradeAnswer upgrade(const web::Request& request) override;

 private:
  void open_session(base::Id app, const json::object& body, web::Respond respond);
  base::Timestamp end_of_token();
  void renew(const web::Request& request, web::Respond respond);
  std::optional<Identity> identity_of(const web::Request& request);
  // As web::refuses_change, with the list of that solution; who only looks need not say JSON.
  enum class Does { look, change };
  std::optional<web::Response> refusal(const web::Request& request, base::Id app,
                                       Does does = Does::change) const;
  std::optional<int> take_session(const web::Request& request, base::Id app);
  void anonymous_session(const web::Request& request, web::Respond respond);
  void chat_call(const web::Request& request, std::string_view chat, std::string_view operation,
                 web::Respond respond);
  void do_call(const Identity& identity, std::string_view operation, const json::object& body,
               web::Respond respond);
  void say(const Identity& identity, const json::object& body, web::Respond respond);

  runtime::Runtime& runtime_;
  const runtime::Solutions& solutions_;
  base::Clock& clock_;
  base::Shares& shares_;
  const std::string key_;
  const EngagementOptions options_;
};

}  // namespace millrace::engage
