// `millrace replay`: a chat's stored inputs run through the engine again, compared byte for byte.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/chats.hpp"
#include "app/commands.hpp"
#include "app/deployments.hpp"
#include "posix/files.hpp"
#include "runtime/record.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

struct ReplayOptions {
  std::string chat;
  fs::path data;
};

// Takes a chat's records one by one and makes each turn anew.
class Replay {
 public:
  Replay(fs::path data, std::string key)
      : data_(std::move(data)), key_(std::move(key)), reader_(key_) {}

  // An error names the first turn that came out otherwise.
  base::Result<void> take(const runtime::JournalRecord& record) {
    if (auto read = reader_.take(record); !read) return read;
    const auto stored = reader_.state();
    if (!stored) return std::unexpected(stored.error());
    const auto input = runtime::read_input(record, key_);
    if (!input) return std::unexpected(input.error());
    ++turns_;
    const auto now = program(stored->program);
    if (!now) return std::unexpected(now.error());
    if (!*input) {
      // How a chat is opened is not an input of the engine's: it is where the replay begins.
      state_ = *stored;
      return {};
    }
    const std::optional<dialog::State> last = state_;
    if (!state_) {
      // A chat begun by what was said: its opening was never stored by itself.
      state_ = opening(**now, *stored);
    }
    auto before = prepared(**now, **input);
    if (!before) return std::unexpected(before.error());
    auto turn = dialog::advance(**now, std::move(*before), **input);
    if (!turn) return differs(stored->turn, "the engine refuses it: " + turn.error().message);
    const bool whole = reader_.since() == 0;
    const std::string made =
        runtime::write_record(*turn, &**input, (*input)->at, key_, whole ? nullptr : &*last,
                              reader_.since(), reader_.version());
    if (made != record.body) return differs(stored->turn, first_difference(record.body, made));
    state_ = std::move(turn->state);
    return {};
  }

  // The consumer's chat before this one, as it was left.
  void take_former(const dialog::State& state) { known_ = state.known_as; }

  size_t turns() const { return turns_; }

 private:
  using ProgramPtr = std::shared_ptr<const flow::Program>;

  base::Result<ProgramPtr> program(const std::string& hash) {
    auto& known = programs_[hash];
    if (!known) {
      auto loaded = load_installed(data_ / "versions", hash);
      if (!loaded) return std::unexpected(loaded.error());
      known = std::make_shared<const flow::Program>(std::move(*loaded));
    }
    return known;
  }

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
    const auto* adopted = std::get_if<dialog::Adopted>(&input.what);
    if (adopted == nullptr) return *state_;
    if (adopted->why == dialog::Adopted::Why::restarted) return dialog::begin_again(now, *state_);
    if (adopted->why == dialog::Adopted::Why::survey) return *state_;
    const auto old = program(state_->program);
    if (!old) return std::unexpected(old.error());
    return dialog::migrate(**old, now, *state_);
  }

  static std::string first_difference(std::string_view stored, std::string_view made) {
    size_t at = 0;
    while (at < stored.size() && at < made.size() && stored[at] == made[at]) ++at;
    return "they differ at byte " + std::to_string(at) + " of " + std::to_string(stored.size());
  }

  base::Result<void> differs(int64_t turn, const std::string& how) const {
    return fail(Code::data_loss, how, "turn " + std::to_string(turn));
  }

  fs::path data_;
  std::string key_;
  runtime::StateReader reader_;
  std::map<std::string, ProgramPtr> programs_;
  std::optional<dialog::State> state_;
  dialog::KnownAs known_;
  size_t turns_ = 0;
};

// How the consumer was known when the chat began, from the chat before it.
base::Result<void> take_former(runtime::Archive& archive, base::Id chat, const std::string& key,
                               Replay& replay) {
  const auto entry = archive.find(chat);
  if (!entry) return std::unexpected(entry.error());
  if (!*entry) return fail(Code::not_found, "there is no such chat");
  const auto former = archive.tail_before(**entry);
  if (!former) return std::unexpected(former.error());
  if (former->empty()) return {};
  const auto state = runtime::state_after(*former, key);
  if (!state) return std::unexpected(state.error());
  replay.take_former(*state);
  return {};
}

int replay(const ReplayOptions& options) {
  const auto complain = [](const std::string& text) {
    std::cerr << "millrace replay: " << text << "\n";
    return 2;
  };
  const auto chat = base::Id::parse(options.chat);
  if (!chat) return complain("'" + options.chat + "' is not a chat's id");
  const auto key = posix::read_file(options.data / "journal.key");
  if (!key) return complain(key.error().describe());
  const auto archive = archive_of(options.data);
  if (!archive) return complain(archive.error().describe());
  Replay replay(options.data, *key);
  if (auto begun = take_former(**archive, *chat, *key, replay); !begun) {
    return complain(begun.error().describe());
  }
  base::Result<void> outcome;
  const auto read = (*archive)->chat(*chat, [&](const runtime::JournalRecord& record) {
    outcome = replay.take(record);
    return outcome.has_value();
  });
  if (!read) return complain(read.error().describe());
  if (!outcome) {
    std::cerr << "millrace replay: " << outcome.error().describe() << "\n";
    return 1;
  }
  std::cout << replay.turns() << " turns replayed, byte for byte the same\n";
  return 0;
}

}  // namespace

void add_replay_command(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "replay", "Run a stored chat's inputs through the engine again and compare every byte.");
  static ReplayOptions options;
  command->add_option("CHAT", options.chat, "The chat's id")->required();
  command->add_option("--data", options.data, "The server's data folder")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->footer(
      "Exits 0 when all turns come out the same, 1 when one differs (it is named), 2 when the "
      "chat\n"
      "cannot be read.");
  command->callback([&exit_code] { exit_code = replay(options); });
}

}  // namespace millrace::app
