#include "solutions/replay.hpp"

#include "runtime/records/record.hpp"
#include "runtime/replay.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
using base::fail;

// How the consumer was known when the chat began, from the chat before it.
base::Result<dialog::KnownAs> known_before(runtime::Archive& archive, base::Id chat,
                                           const std::string& key) {
  const auto entry = archive.find(chat);
  if (!entry) return std::unexpected(entry.error());
  if (!*entry) return fail(Code::not_found, "there is no such chat");
  const auto former = archive.tail_before(**entry);
  if (!former) return std::unexpected(former.error());
  if (former->empty()) return dialog::KnownAs();
  auto state = runtime::state_after(*former, key);
  if (!state) return std::unexpected(state.error());
  return std::move(state->known_as);
}

}  // namespace

base::Result<Replayed> replay(runtime::Archive& archive, base::Id chat, const std::string& seal_key,
                              Versions& versions) {
  auto known = known_before(archive, chat, seal_key);
  if (!known) return std::unexpected(known.error());
  runtime::Replay player(
      seal_key, [&](const std::string& hash) { return versions.program(hash); }, std::move(*known));
  Replayed played;
  std::optional<base::Error> failure;
  const auto read = archive.chat(chat, [&](const runtime::JournalRecord& record) {
    auto difference = player.take(record);
    if (!difference) {
      failure = std::move(difference.error());
      return false;
    }
    ++played.turns;
    if (*difference) played.difference = {player.turn(), std::move(**difference)};
    return !*difference;
  });
  if (!read) return std::unexpected(read.error());
  if (failure) return std::unexpected(std::move(*failure));
  return played;
}

}  // namespace millrace::solutions
