// The Engagement API of the published contract: sessions, chats and messages over REST, and the
// Phoenix socket (reference: engagement-api.md). A thin edge: it parses strictly, authenticates,
// hands over to the runtime, and answers after the commit. It stores nothing of its own.
#pragma once

#include <memory>
#include <string>

#include "base/web.hpp"
#include "runtime/runtime.hpp"

namespace millrace::engage {

class Engagement final : public web::Handler {
 public:
  // `key` signs access tokens; whoever has it can speak for any consumer.
  Engagement(runtime::Runtime& runtime, const runtime::Solutions& solutions, runtime::Clock& clock,
             std::string key);

  // True for the paths this edge answers.
  static bool serves(std::string_view path);

  void handle(web::Request request, web::Respond respond) override;
  web::UpgradeAnswer upgrade(const web::Request& request) override;

 private:
  void anonymous_session(const web::Request& request, web::Respond respond);
  void chat_call(const web::Request& request, std::string_view chat, std::string_view operation,
                 web::Respond respond);

  runtime::Runtime& runtime_;
  const runtime::Solutions& solutions_;
  runtime::Clock& clock_;
  const std::string key_;
};

}  // namespace millrace::engage
