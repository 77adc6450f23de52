#include "runtime/replay.hpp"

#include <utility>

namespace millrace::runtime {
namespace {

std::string first_difference(std::string_view stored, std::string_view made) {
  size_t at = 0;
  while (at < stored.size() && at < made.size() && stored[at] == made[at]) ++at;
  return "they differ at byte " + std::to_string(at) + " of " + std::to_string(stored.size());
}

// How a chat stood when it was opened, which is not stored where its first words began it.
dialog::State opened(const flow::Program& program, const dialog::State& stored,
                     const dialog::KnownAs& known) {
  return dialog::open_chat(program, {.chat = stored.chat,
                                     .consumer = stored.consumer,
                                     .environment = stored.environment,
                                     .locale = stored.region,
                                     .user_data = stored.user_data,
                                     .at = stored.created_at,
                                     .channel = stored.channel,
                                     .address = stored.address,
                                     .known_as = known});
}

}  // namespace

base::Result<dialog::State> adopt(const flow::Program& from, const flow::Program& to,
                                  const dialog::State& state, dialog::Adopted::Why why) {
  switch (why) {
    case dialog::Adopted::Why::survey: return state;
    case dialog::Adopted::Why::migrated: return dialog::migrate(from, to, state);
    case dialog::Adopted::Why::restarted: return dialog::begin_again(to, state);
  }
  std::unreachable();
}

base::Result<dialog::State> Replay::before(const flow::Program& program,
                                           const dialog::State& stored,
                                           const dialog::Input& input) const {
  const bool is_new = !state_ || state_->chat != stored.chat;
  dialog::State state =
      is_new ? opened(program, stored, state_ ? state_->known_as : known_) : *state_;
  const auto* adopted = std::get_if<dialog::Adopted>(&input.what);
  if (adopted == nullptr) return state;
  const auto from = find_(state.program);
  if (!from) return std::unexpected(from.error());
  return adopt(**from, program, state, adopted->why);
}

base::Result<std::optional<std::string>> Replay::take(const JournalRecord& record) {
  if (auto read = reader_.take(record); !read) return std::unexpected(read.error());
  auto stored = reader_.state();
  if (!stored) return std::unexpected(stored.error());
  turn_ = stored->turn;
  const auto input = read_input(record, key_);
  if (!input) return std::unexpected(input.error());
  const auto program = find_(stored->program);
  if (!program) return std::unexpected(program.error());
  if (!*input) {
    // How a chat is opened is not an input of the engine's: it is where the replay begins.
    state_ = std::move(*stored);
    return std::nullopt;
  }
  auto state = before(**program, *stored, **input);
  if (!state) return std::unexpected(state.error());
  auto turn = dialog::advance(**program, std::move(*state), **input);
  if (!turn) return "the engine refuses it: " + turn.error().message;
  const bool is_whole = reader_.since() == 0;
  const std::string made =
      write_record(*turn, &**input, (*input)->at, key_, is_whole ? nullptr : &*state_,
                   reader_.since(), reader_.version());
  if (made != record.body) return first_difference(record.body, made);
  state_ = std::move(turn->state);
  return std::nullopt;
}

}  // namespace millrace::runtime
