// `millrace rebuild`: what a data folder repeats of its turns, made anew from them.
#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/listing.hpp"
#include "app/wire/log/log.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/rebuild.hpp"

namespace millrace::app {
namespace {

base::Result<storage::Rebuilt> rebuild(const std::filesystem::path& data) {
  const auto lock = storage::FolderLock::acquire(data);
  if (!lock) return std::unexpected(lock.error());
  const auto log = make_log(base::Level::info);
  return storage::rebuild_journal(data / "journal.db", *log);
}

struct RebuildOptions {
  std::filesystem::path data;
  bool json = false;
};

int run(const RebuildOptions& options) {
  const auto rebuilt = rebuild(options.data);
  if (!rebuilt) return complain("rebuild", rebuilt.error());
  print_done(
      options.json,
      {{"turns", rebuilt->turns}, {"consumers", rebuilt->consumers}, {"chats", rebuilt->chats}},
      "made anew from " + std::to_string(rebuilt->turns) + " turns: the heads of " +
          std::to_string(rebuilt->consumers) + " consumers, the list of " +
          std::to_string(rebuilt->chats) + " chats\n");
  return 0;
}

}  // namespace

void add_rebuild_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "rebuild", "Make anew what a data folder repeats of its turns: heads, the list of chats.");
  auto options = std::make_shared<RebuildOptions>();
  add_data_option(*command, options->data);
  command->add_flag("--json", options->json, kOneJsonObject);
  command->footer(
      "No server may use the folder. Turns, deliveries and keys are not touched, and a rebuild "
      "that "
      "is cut short changes nothing. Exits 0, or 2 with the reason.");
  command->callback([&exit_code, options] { exit_code = run(*options); });
}

}  // namespace millrace::app
