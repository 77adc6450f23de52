// What every kind of channel is to those who take messages in for it. Each kind is one folder of
// this room.
#pragma once

#include <string_view>

#include "base/web/web.hpp"
#include "runtime/runtime.hpp"

namespace millrace::channels {

class Channel {
 public:
  virtual ~Channel() = default;
  // Whether the solution has a channel of this kind under that name.
  virtual bool serves(const runtime::Solution& solution, std::string_view name) const = 0;
  // Has the runtime take the message, and answers the request that brought it: once, on any thread,
  // when what the answer tells is durable.
  virtual void say(runtime::SayRequest said, web::Respond respond) = 0;
};

}  // namespace millrace::channels
