// The table of chats: what a list of them shows, by what the turns said. It lags behind `turns`
// like `heads`, says which position it has seen, and can be made anew from the turns alone. For the
// journal's files only.
#pragma once

#include <unordered_map>

#include "base/id.hpp"
#include "runtime/archive.hpp"
#include "storage/sqlite/sqlite.hpp"

namespace millrace::storage {

// Creates the table and its indexes under that name, with what belongs to them.
base::Result<void> make_chats_table(Connection& connection, const std::string& name, bool is_temp);

// A chat, and what turns that are not in the table yet say of it.
struct ChatNews {
  base::Id consumer;
  runtime::ChatFacts facts;  // the latest; what is empty in it is as the table has it
  int64_t first = 0;         // position of the first of these turns
  int64_t last = 0;
  bool begins = true;  // the first turn of the chat is among them
};

// Chats by what turns said, in memory.
class ChatNewsById {
 public:
  // Turns come in the order of their positions.
  void take(int64_t position, base::Id consumer, const runtime::ChatFacts& facts);
  void clear() { news_.clear(); }
  // By the position of their first turn.
  std::vector<ChatNews> in_order() const;

 private:
  std::unordered_map<base::Id, ChatNews, base::IdHash> news_;
};

// Writes to a table made by make_chats_table().
class ChatsWriter {
 public:
  base::Result<void> prepare(Connection& connection, const std::string& table);
  base::Result<void> put(const ChatNews& news);

 private:
  Statement put_;
  Statement leave_;  // the consumer's chats before this one
};

// Reads `turns` behind a position, at most `limit` of them, and takes what their records say, up to
// the position `up_to`; where the reading ended, which is `position` when there are no more.
base::Result<int64_t> read_news(Connection& connection, int64_t position, size_t limit,
                                ChatNewsById& into, int64_t up_to = INT64_MAX);

// The journal's own: kept by its writing thread.
class ChatsProjection {
 public:
  base::Result<void> prepare(Connection& writing);
  // Makes what is far behind, or missing, from the turns: in steps of a transaction each.
  base::Result<void> catch_up(Connection& writing, base::Log& log);
  // The same to the last turn, in steps that memory holds, within the transaction under way.
  base::Result<void> bring_up_to_date(Connection& writing, base::Log* progress = nullptr);
  // After memory was lost, or has to be: news are read from the turns that were not seen.
  base::Result<void> read_memory(Connection& writing);
  void note(const runtime::JournalRecord& record, int64_t position);
  // Within the transaction under way.
  base::Result<void> write();

 private:
  ChatNewsById news_;
  int64_t last_ = 0;  // position of the last turn noted
  ChatsWriter writer_;
  Statement put_seen_;
};

// ChatsProjection::bring_up_to_date for who keeps none.
base::Result<void> bring_chats_up_to_date(Connection& writing, base::Log* progress = nullptr);
base::Result<int64_t> chats_seen(Connection& connection);

}  // namespace millrace::storage
