// Who asks a lane for something. For the files of this room only.
#pragma once

#include "runtime/admission/fair_queue.hpp"
#include "runtime/lane/consumer.hpp"

namespace millrace::runtime {

enum class From { outside, inside };  // inside: of what was accepted before, so never refused

struct Runtime::Asked {
  base::Id consumer;
  Priority priority = Priority::consumer;
  From from = From::outside;
  size_t bytes = 0;   // of the consumer's words that are held meanwhile
  base::Id app = {};  // of the solution, where the consumer may not be in memory
};

struct Runtime::Queued {
  Asked asked;
  Job job;
};

}  // namespace millrace::runtime
