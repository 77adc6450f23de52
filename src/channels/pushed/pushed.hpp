// Channels to which a solution gives a receiver (solution.yaml: channels). A message is taken in
// here; what is said in answer is owed to the receiver, whatever made the bot speak.
#pragma once

#include "channels/channel.hpp"

namespace millrace::channels {

class Pushed final : public Channel {
 public:
  explicit Pushed(runtime::Runtime& runtime) : runtime_(runtime) {}
  bool serves(const runtime::Solution& solution, std::string_view name) const override;
  // 202 {"chat", "repeated"}, once the turn is durable.
  void say(runtime::SayRequest said, web::Respond respond) override;

 private:
  runtime::Runtime& runtime_;
};

}  // namespace millrace::channels
