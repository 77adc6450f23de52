// A call on its way to a worker: what is sent is written already, by the thread that called.
#pragma once

#include <chrono>
#include <string>

#include "python/loop.hpp"
#include "runtime/ports.hpp"

namespace millrace::python {

struct PendingCall {
  std::string nonce;  // what its frames carry; made when a worker has it
  std::string command;
  std::string chat_id;
  json::object context;  // what the consumer said is in it, and must not be printed
  std::string body;      // the frame's members but those that are known only when it is sent
  std::chrono::milliseconds time_limit{0};
  runtime::Actions::Done done;
  Loop::Moment since;  // it waits
};

PendingCall pending_call(runtime::ActionCall call, runtime::Actions::Done done);

// The whole frame, for a worker that has it at this moment. Gives the call its nonce. `stays`: the
// worker may stay for another call.
std::string call_frame(PendingCall& call, base::Timestamp now, bool stays);

}  // namespace millrace::python
