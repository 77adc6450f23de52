// `millrace rebuild`: what a data folder repeats of its turns, made anew from them.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
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

int run(const std::filesystem::path& data) {
  const auto rebuilt = rebuild(data);
  if (!rebuilt) return complain("rebuild", rebuilt.error());
  std::cout << "made anew from " << rebuilt->turns << " turns: the heads of " << rebuilt->consumers
            << " consumers, the list of " << rebuilt->chats << " chats\n";
  return 0;
}

}  // namespace

void add_rebuild_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "rebuild", "Make anew what a data folder repeats of its turns: heads, the list of chats.");
  auto data = std::make_shared<std::filesystem::path>();
  add_data_option(*command, *data);
  command->footer(
      "No server may use the folder. Turns, deliveries and keys are not touched, and a rebuild "
      "that "
      "is cut short changes nothing. Exits 0, or 2 with the reason.");
  command->callback([&exit_code, data] { exit_code = run(*data); });
}

}  // namespace millrace::app
