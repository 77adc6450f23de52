// Which consumers write just now, for those who look on from outside of their chats. It is news and
// no record: it is stored nowhere, and what nobody takes in time is lost.
#pragma once

#include <map>
#include <mutex>
#include <utility>

#include "base/id.hpp"

namespace millrace::runtime {

// Thread-safe.
class Typing {
 public:
  using Chats = std::map<base::Id, bool>;  // by chat: whether its consumer writes
  static constexpr size_t kChatsMax = 4'096;

  // The last word of a chat counts. When too many wait to be taken, another chat's is dropped.
  void note(base::Id chat, bool is_typing) {
    const std::lock_guard lock(mutex_);
    if (chats_.size() < kChatsMax || chats_.contains(chat)) chats_[chat] = is_typing;
  }

  // What has come since this was called last.
  Chats take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(chats_, {});
  }

 private:
  std::mutex mutex_;
  Chats chats_;
};

}  // namespace millrace::runtime
