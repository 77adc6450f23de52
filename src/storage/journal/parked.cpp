#include "storage/journal/parked.hpp"

#include "storage/storage.hpp"

namespace millrace::storage {
namespace {

constexpr const char* kList =
    "SELECT consumer, chat, solution, version, node, what, at FROM parked ORDER BY at, chat";

}  // namespace

base::Result<void> ParkedChats::prepare(Connection& writing) {
  auto put = writing.prepare("INSERT OR REPLACE INTO parked VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  if (!put) return std::unexpected(put.error());
  auto remove = writing.prepare("DELETE FROM parked WHERE consumer = ?1");
  if (!remove) return std::unexpected(remove.error());
  put_ = std::move(*put);
  remove_ = std::move(*remove);
  return {};
}

base::Result<std::vector<runtime::ParkedChat>> ParkedChats::read_memory(Connection& writing) {
  auto chats = read(writing);
  if (!chats) return chats;
  ids_.clear();
  for (const runtime::ParkedChat& chat : *chats) ids_.insert(chat.consumer);
  return chats;
}

base::Result<void> ParkedChats::put(const runtime::ParkedChat& chat) {
  ids_.insert(chat.consumer);
  return put_.bind_blob(1, chat.consumer.as_bytes())
      .bind_text(2, chat.chat_id)
      .bind_text(3, chat.solution)
      .bind_text(4, chat.version)
      .bind_text(5, chat.node)
      .bind_text(6, chat.what)
      .bind_integer(7, chat.at.ms)
      .run();
}

base::Result<void> ParkedChats::strike(base::Id consumer) {
  if (ids_.empty() || ids_.erase(consumer) == 0) return {};
  return remove_.bind_blob(1, consumer.as_bytes()).run();
}

base::Result<std::vector<runtime::ParkedChat>> ParkedChats::read(Connection& connection) {
  auto list = connection.prepare(kList);
  if (!list) return std::unexpected(list.error());
  std::vector<runtime::ParkedChat> chats;
  for (;;) {
    const auto row = list->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return chats;
    const auto consumer = base::Id::from_bytes(list->bytes(0));
    if (!consumer) continue;
    chats.push_back({.consumer = *consumer,
                     .chat_id = std::string(list->bytes(1)),
                     .solution = std::string(list->bytes(2)),
                     .version = std::string(list->bytes(3)),
                     .node = std::string(list->bytes(4)),
                     .what = std::string(list->bytes(5)),
                     .at = {list->integer(6)}});
  }
}

}  // namespace millrace::storage
