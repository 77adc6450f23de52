// The ways in besides the Engagement API: the REST channel, in the shape of Rasa's, and the web
// chat page. Thin edges over the runtime; they store nothing.
#pragma once

#include <string>
#include <string_view>

#include "base/shares.hpp"
#include "base/web.hpp"
#include "base/web_origin.hpp"
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
  // Only this machine can ask, so that it may without a key. Otherwise a solution without a key is
  // not served.
  bool is_open = true;
  web::OriginRule origins;  // besides it a solution's own list (solution.yaml: origins) counts
};

// POST /webhooks/rest/webhook {"sender", "message", "message_id"?, "app_id"?, "locale"?} answers,
// once everything is durable, [{"recipient_id", "text", "buttons"?: [{"title", "payload"}]}]. The
// credential is "Authorization: Bearer KEY", or "X-Millrace-Signature: sha256=HEX", the
// HMAC-SHA-256 of the body under the key.
class RestChannel final : public web::Handler {
 public:
  RestChannel(runtime::Runtime& runtime, const runtime::Solutions& solutions, base::Shares& shares,
              RestKeys& keys, RestOptions options = {});
  static bool serves(std::string_view path) { return path.starts_with("/webhooks/rest"); }
  void handle(web::Request request, web::Respond respond) override;

 private:
  void webhook(const web::Request& request, web::Respond respond);
  // What is wrong with who asks, if anything.
  std::optional<web::Response> refusal(const web::Request& request,
                                       const runtime::Solution& solution);

  runtime::Runtime& runtime_;
  const runtime::Solutions& solutions_;
  base::Shares& shares_;
  RestKeys& keys_;
  const RestOptions options_;
};

// GET /chat/{app_id} and the page's own files under /assets/.
class ChatPage final : public web::Handler {
 public:
  explicit ChatPage(const runtime::Solutions& solutions) : solutions_(solutions) {}
  static bool serves(std::string_view path);
  void handle(web::Request request, web::Respond respond) override;

 private:
  const runtime::Solutions& solutions_;
};

}  // namespace millrace::channels
