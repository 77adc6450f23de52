// The channel "rest": the request waits for all that the bot says to it.
#pragma once

#include "channels/channel.hpp"

namespace millrace::channels {

inline constexpr const char* kRest = "rest";

class Answered final : public Channel {
 public:
  explicit Answered(runtime::Runtime& runtime) : runtime_(runtime) {}
  bool serves(const runtime::Solution& solution, std::string_view name) const override;
  // 200 [{"recipient_id", "text", "buttons"?: [{"title", "payload"}]}], once all of it is durable.
  void say(runtime::SayRequest said, web::Respond respond) override;

 private:
  runtime::Runtime& runtime_;
};

}  // namespace millrace::channels
