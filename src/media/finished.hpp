// What came of files that are whole, for whoever did not hear it and sends the last slice again.
// Pure; within bounds.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "base/id.hpp"
#include "base/time.hpp"

namespace millrace::media {

struct Named {
  std::string url;
  std::string name;
  std::string type;
};
struct Taken {
  std::string upload;
  size_t received = 0;
  std::optional<Named> file;  // once it is whole and durable
};

class Finished {
 public:
  void add(const base::Id& consumer, Taken taken, base::Timestamp now) {
    while (!all_.empty() && (all_.size() >= kMax || now.ms - all_.front().at.ms > kKeptMs)) {
      all_.pop_front();
    }
    all_.push_back({consumer, std::move(taken), now});
  }
  // nullptr: none of that consumer, or it was long ago.
  const Taken* find(const base::Id& consumer, const std::string& upload) const {
    for (const One& one : all_) {
      if (one.taken.upload == upload && one.consumer == consumer) return &one.taken;
    }
    return nullptr;
  }
  void forget(const base::Id& consumer) {
    std::erase_if(all_, [&](const One& one) { return one.consumer == consumer; });
  }

 private:
  static constexpr size_t kMax = 1'000;
  static constexpr int64_t kKeptMs = 600'000;
  struct One {
    base::Id consumer;
    Taken taken;
    base::Timestamp at;
  };
  std::deque<One> all_;
};

}  // namespace millrace::media
