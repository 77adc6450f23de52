// What the public methods of the runtime share: the way to a consumer's lane. For runtime.cpp and
// agents.cpp alone.
#pragma once

#include "runtime/lane/lane.hpp"

namespace millrace::runtime {

inline constexpr size_t kInputIdMax = 128;
// Stands in an input's id before the id of the consumer whose it is, where that is another's than
// the chat's.
inline constexpr char kSenderAfter = '\x1f';

inline std::unexpected<base::Error> input_id_too_long() {
  return base::fail(base::Code::invalid_argument,
                    "the message id is longer than " + std::to_string(kInputIdMax) + " bytes");
}

inline Done<Answer> receipt_only(Done<Receipt> done) {
  return [done = std::move(done)](base::Result<Answer> answer) mutable {
    if (answer) {
      done(std::move(answer->receipt));
    } else {
      done(std::unexpected(answer.error()));
    }
  };
}

template <typename T, typename Body>
void Runtime::on_consumer(Asked asked, Done<T> done, Body body) {
  Lane& lane = home(asked.consumer);
  lane.run_here([&lane, asked, done = std::move(done), body = std::move(body)]() mutable {
    lane.submit(asked, [&lane, done = std::move(done),
                        body = std::move(body)](base::Result<Consumer*> consumer) mutable {
      if (consumer) {
        body(lane, **consumer, std::move(done));
      } else {
        lane.tell(std::move(done), base::Result<T>(std::unexpected(consumer.error())));
      }
    });
  });
}

}  // namespace millrace::runtime
