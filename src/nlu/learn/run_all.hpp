// The pieces of a training, done by whoever trains, until it is given up.
#pragma once

#include <atomic>

#include "nlu/nlu.hpp"

namespace millrace::nlu {

// False: it was given up, and not all is done.
inline bool run_all(Tasks& tasks, const TrainOptions& options) {
  std::atomic<bool> is_given_up = false;
  for (auto& task : tasks) {
    task = [&options, &is_given_up, work = std::move(task)] {
      if (options.is_given_up && options.is_given_up()) is_given_up = true;
      if (!is_given_up) work();
    };
  }
  if (options.run) {
    options.run(tasks);
  } else {
    for (const auto& task : tasks) task();
  }
  return !is_given_up;
}

}  // namespace millrace::nlu
