#include "solutions/replay.hpp"

#include "dialog/dialog.hpp"
#include "runtime/records/record.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
using base::fail;

// Takes a chat's records one by one and makes each turn anew.
class Player {
 public:
  Player(const std::string& key, Versions& versions)
      : key_(key), versions_(versions), reader_(key) {}

  base::Result<void> take(const runtime::JournalRecord& record) {
    if (auto read = reader_.take(record); !read) return read;
    const auto stored = reader_.state();
    if (!stored) return std::unexpected(stored.error());
    const auto input = runtime::read_input(record, key_);
    if (!input) return std::unexpected(input.error());
    ++played_.turns;
    const auto now = versions_.program(stored->program);
    if (!now) return std::unexpected(now.error());
    if (!*input) {
      // How a chat is opened is not an input of the engine's: it is where the replay begins.
      state_ = *stored;
      return {};
    }
    const std::optional<dialog::State> last = state_;
    // A chat begun by what was said: its opening was never stored by itself.
    if (!state_) state_ = opening(**now, *stored);
    auto before = prepared(**now, **input);
    if (!before) return std::unexpected(before.error());
    auto turn = dialog::advance(**now, std::move(*before), **input);
    if (!turn) {
      note_difference(stored->turn, "the engine refuses it: " + turn.error().message);
      return {};
    }
    const bool is_whole = reader_.since() == 0;
    const std::string made =
        runtime::write_record(*turn, &**input, (*input)->at, key_, is_whole ? nullptr : &*last,
                              reader_.since(), reader_.version());
    if (made != record.body) note_difference(stored->turn, first_difference(record.body, made));
    state_ = std::move(turn->state);
    return {};
  }

  // The consumer's chat before this one, as it was left.
  void take_former(const dialog::State& state) { known_ = state.known_as; }

  const Replayed& played() const { return played_; }

 private:
  dialog::State opening(const flow::Program& program, const dialog::State& stored) const {
    return dialog::open_chat(program, {.chat = stored.chat,
                                       .consumer = stored.consumer,
                                       .environment = stored.environment,
                                       .locale = stored.region,
                                       .user_data = stored.user_data,
                                       .at = stored.created_at,
                                       .channel = stored.channel,
                                       .address = stored.address,
                                       .known_as = known_});
  }

  // A turn that takes the chat to another version begins from a state made for it.
  base::Result<dialog::State> prepared(const flow::Program& now, const dialog::Input& input) {
    using Why = dialog::Adopted::Why;
    const auto* adopted = std::get_if<dialog::Adopted>(&input.what);
    if (adopted == nullptr || adopted->why == Why::survey) return *state_;
    if (adopted->why == Why::restarted) return dialog::begin_again(now, *state_);
    const auto old = versions_.program(state_->program);
    if (!old) return std::unexpected(old.error());
    return dialog::migrate(**old, now, *state_);
  }

  static std::string first_difference(std::string_view stored, std::string_view made) {
    size_t at = 0;
    while (at < stored.size() && at < made.size() && stored[at] == made[at]) ++at;
    return "they differ at byte " + std::to_string(at) + " of " + std::to_string(stored.size());
  }

  void note_difference(int64_t turn, std::string what) {
    played_.difference = {turn, std::move(what)};
  }

  const std::string& key_;
  Versions& versions_;
  runtime::StateReader reader_;
  std::optional<dialog::State> state_;
  dialog::KnownAs known_;
  Replayed played_;
};

// How the consumer was known when the chat began, from the chat before it.
base::Result<void> take_former(runtime::Archive& archive, base::Id chat, const std::string& key,
                               Player& player) {
  const auto entry = archive.find(chat);
  if (!entry) return std::unexpected(entry.error());
  if (!*entry) return fail(Code::not_found, "there is no such chat");
  const auto former = archive.tail_before(**entry);
  if (!former) return std::unexpected(former.error());
  if (former->empty()) return {};
  const auto state = runtime::state_after(*former, key);
  if (!state) return std::unexpected(state.error());
  player.take_former(*state);
  return {};
}

}  // namespace

base::Result<Replayed> replay(runtime::Archive& archive, base::Id chat, const std::string& seal_key,
                              Versions& versions) {
  Player player(seal_key, versions);
  if (auto begun = take_former(archive, chat, seal_key, player); !begun) {
    return std::unexpected(begun.error());
  }
  base::Result<void> taken;
  const auto read = archive.chat(chat, [&](const runtime::JournalRecord& record) {
    taken = player.take(record);
    return taken && !player.played().difference;
  });
  if (!read) return std::unexpected(read.error());
  if (!taken) return std::unexpected(taken.error());
  return player.played();
}

}  // namespace millrace::solutions
