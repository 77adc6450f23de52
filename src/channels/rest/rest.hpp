// The REST channel, in the shape of Rasa's: one request is one message of a consumer. What is said
// on a channel that a solution sends to a receiver comes in here too.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/resilience/shares.hpp"
#include "base/web/web.hpp"
#include "base/web/web_origin.hpp"
#include "channels/pushed/pushed.hpp"
#include "channels/rest/answered.hpp"
#include "runtime/identities.hpp"
#include "runtime/runtime.hpp"

namespace millrace::channels {

// With which key a solution's REST channel is asked. Thread-safe.
class RestKeys {
 public:
  virtual ~RestKeys() = default;
  // "" when the solution has none. The error is a key that is named and cannot be had: nobody is
  // let in by it.
  virtual base::Result<std::string> key_of(const runtime::Solution& solution) = 0;
};

struct RestOptions {
  std::string environment = "sandbox";  // of who comes on other channels than this one
  // Only this machine can ask, so that it may without a key. Otherwise a solution without a key is
  // not served.
  bool is_open = true;
  web::OriginRule origins;  // besides it a solution's own list (solution.yaml: origins) counts
};

// POST /webhooks/rest/webhook {"sender", "message", "message_id"?, "app_id"?, "locale"?} answers,
// once everything is durable, [{"recipient_id", "text", "buttons"?: [{"title", "payload"}]}]. The
// credential is "Authorization: Bearer KEY", or "X-Millrace-Signature: sha256=HEX", the
// HMAC-SHA-256 of the body under the key. With a "channel" to which solution.yaml gives a receiver
// the answer goes there: 202 {"chat", "repeated"}, once the turn is durable.
// POST /webhooks/rest/join {"one": {"sender", "channel"?}, "other": {...}, "app_id"?} makes two
// senders one person: 200 {"consumer"}.
class RestChannel final : public web::Handler {
 public:
  RestChannel(runtime::Runtime& runtime, const runtime::Solutions& solutions,
              runtime::Identities& identities, base::Shares& shares, RestKeys& keys,
              RestOptions options = {});
  void handle(web::Request request, web::Respond respond) override;

 private:
  struct Table;  // rest.cpp: which address is what
  void webhook(const web::Request& request, const json::object& body, web::Respond respond);
  void join(const web::Request& request, const json::object& body, web::Respond respond);
  // The solution that is asked, where who asks may; else what they are answered.
  std::expected<runtime::SolutionPtr, web::Response> admit(const web::Request& request,
                                                           const json::object& body);
  std::optional<web::Response> too_much(const web::Request& request,
                                        const runtime::Solution& solution, base::Id consumer);
  // The channel of that name, if the solution has one.
  base::Result<Channel*> channel_of(const runtime::Solution& solution, std::string_view name);
  // What is wrong with who asks, if anything.
  std::optional<web::Response> refusal(const web::Request& request,
                                       const runtime::Solution& solution);

  const runtime::Solutions& solutions_;
  Answered answered_;
  Pushed pushed_;
  runtime::Identities& identities_;
  base::Shares& shares_;
  RestKeys& keys_;
  const RestOptions options_;
};

}  // namespace millrace::channels
