// The ways in besides the Engagement API: the REST channel, in the shape of Rasa's, and the web
// chat page. Thin edges over the runtime; they store nothing.
#pragma once

#include <string>
#include <string_view>

#include "base/web.hpp"
#include "runtime/runtime.hpp"

namespace millrace::channels {

// POST /webhooks/rest/webhook {"sender", "message", "message_id"?, "app_id"?, "locale"?} answers,
// once everything is durable, [{"recipient_id", "text", "buttons"?: [{"title", "payload"}]}].
class RestChannel final : public web::Handler {
 public:
  RestChannel(runtime::Runtime& runtime, const runtime::Solutions& solutions);
  static bool serves(std::string_view path) { return path.starts_with("/webhooks/rest"); }
  void handle(web::Request request, web::Respond respond) override;

 private:
  void webhook(const web::Request& request, web::Respond respond);

  runtime::Runtime& runtime_;
  const runtime::Solutions& solutions_;
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
