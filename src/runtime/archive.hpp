// What has been, for whoever reads the journal and does not write it: commands, reports, an inbox.
// Records from a position on, all of one chat, and chats by what they are like. Implemented by
// storage beside a running server; nothing read here holds up a turn.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/ports.hpp"

namespace millrace::runtime {

// A chat as its last turn left it.
struct ChatEntry {
  base::Id chat;
  base::Id consumer;
  std::string solution;  // its name; "" when no turn has said it yet (records of a former build)
  std::string version;   // content hash of the version it is on
  std::string phase;     // its name (dialog/state/names.hpp)
  int64_t turns = 0;
  int64_t first = 0;  // positions of its first and its last record
  int64_t last = 0;
  base::Timestamp begun_at;
  base::Timestamp last_at;
  bool is_latest = true;  // its consumer has begun no other since
};

struct ChatFilter {
  std::string solution;  // "" = any; by name, or (records of a former build) by `versions`
  std::vector<std::string> versions;      // those of `solution`, for chats that do not say its name
  std::string phase;                      // "" = any
  bool live = false;                      // neither ended nor left for a later chat
  bool latest = false;                    // the last chat of its consumer
  std::optional<base::Timestamp> since;   // its last turn is not before this
  std::optional<base::Timestamp> before;  // ... and is before this
  // The page after the one that ended with this chat.
  struct After {
    base::Timestamp last_at;
    base::Id chat;
  };
  std::optional<After> after;
  size_t limit = 100;
};

// Blocks; one thread at a time. What it says is as of some moment between call and return.
class Archive {
 public:
  using Each = std::move_only_function<bool(const JournalRecord&)>;

  virtual ~Archive() = default;
  // At most `limit` records behind that position, in order; JournalRecord::place is each one's
  // position, and the last one's is where to go on. Positions only grow; some are left out.
  virtual base::Result<std::vector<JournalRecord>> since(int64_t position, size_t limit) = 0;
  // nullopt: there is no such chat.
  virtual base::Result<std::optional<ChatEntry>> find(base::Id chat) = 0;
  // Every record of the chat, oldest first, until `each` says false; the first one is whole.
  // not_found when there is no such chat.
  virtual base::Result<void> chat(base::Id chat, Each each) = 0;
  // The same of all chats of a consumer; none when there is no such consumer.
  virtual base::Result<void> consumer(base::Id consumer, Each each) = 0;
  // What the consumer's state is made of as the record at `position` left it: the last whole record
  // and those up to it. Of their last record when `position` is 0; empty when there is none.
  virtual base::Result<std::vector<JournalRecord>> tail(base::Id consumer, int64_t position) = 0;
  // The same as the chat found it: as the chat before it was left. Empty for a consumer's first.
  virtual base::Result<std::vector<JournalRecord>> tail_before(const ChatEntry& chat) = 0;
  // The chats that are meant, those with the latest turn first.
  virtual base::Result<std::vector<ChatEntry>> live(const ChatFilter& filter) = 0;
  // The chats that are parked, the longest first.
  virtual base::Result<std::vector<ParkedChat>> parked() = 0;
};

}  // namespace millrace::runtime
