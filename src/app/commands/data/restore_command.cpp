// `millrace restore`: a data folder made of a copy that `millrace backup` took, which stays as it
// is.
#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/data/new_folder.hpp"
#include "app/commands/data/verify_data.hpp"
#include "app/commands/listing.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/backup.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

struct RestoreOptions {
  fs::path from;
  fs::path data;
  bool json = false;
};

base::Result<void> copy_all(const fs::path& from, const fs::path& to) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(from, error)) {
    const fs::path target = to / entry.path().filename();
    if (entry.path().filename() == "lock") continue;  // whoever uses the folder makes it
    auto copied = entry.is_directory() ? storage::copy_folder(entry.path(), target)
                                       : storage::copy_private_file(entry.path(), target);
    if (!copied) return copied;
  }
  if (error) return base::fail(base::Code::unavailable, error.message(), from.string());
  return {};
}

base::Result<storage::Verification> restore(const RestoreOptions& options) {
  std::error_code error;
  if (!fs::exists(options.from / "journal.db", error)) {
    return base::fail(base::Code::not_found, "holds no journal.db: it is no copy of a data folder",
                      options.from.string());
  }
  const auto lock = storage::FolderLock::acquire(options.from);
  if (!lock) return std::unexpected(lock.error());
  const auto partly = begin_folder(options.data, options.from);
  if (!partly) return std::unexpected(partly.error());
  auto found = [&]() -> base::Result<storage::Verification> {
    if (auto copied = copy_all(options.from, *partly); !copied) {
      return std::unexpected(copied.error());
    }
    if (auto opened = storage::share_key(options.from, *partly); !opened) {
      return std::unexpected(opened.error());
    }
    return verify_data(*partly);
  }();
  if (found) {
    if (auto named = finish_folder(*partly); !named) found = std::unexpected(named.error());
  }
  if (!found) fs::remove_all(*partly, error);
  return found;
}

int run(const RestoreOptions& options) {
  const auto found = restore(options);
  if (!found) return complain("restore", found.error());
  json::object done = to_json(*found);
  done["data"] = options.data.string();
  print_done(options.json, done,
             "restored to " + options.data.string() + "; start `millrace serve --data " +
                 shell_word(options.data.string()) + "`\n" +
                 describe(*found, "read back, all right"));
  return found->problems_found == 0 ? 0 : 1;
}

}  // namespace

void add_restore_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "restore", "Make a data folder of a copy that `millrace backup` took, and read it back.");
  auto options = std::make_shared<RestoreOptions>();
  command->add_option("--from", options->from, "The copy; no server may use it")
      ->required()
      ->check(cli::kExistingDirectory);
  add_at_rest_option(*command, options->from);
  command->add_option("--data", options->data, "The data folder: a new one, or an empty one")
      ->required();
  command->add_flag("--json", options->json, kOneJsonObject);
  command->footer(
      "The copy stays as it is. What was owed when it was taken counts as owed, though it may have "
      "been sent since: look at `millrace deliveries list` before you serve it. Exits 0 when the "
      "folder is right, 1 when it has problems, which are told, 2 when there is none.");
  command->callback([&exit_code, options] { exit_code = run(*options); });
}

}  // namespace millrace::app
