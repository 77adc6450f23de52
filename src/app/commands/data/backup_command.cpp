// `millrace backup`: a data folder copied while a server uses it, into a folder that a server can
// be started on.
#include <unistd.h>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/data/new_folder.hpp"
#include "app/commands/data/verify_data.hpp"
#include "app/commands/listing.hpp"
#include "posix/files.hpp"
#include "storage/upkeep/backup.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

struct BackupOptions {
  fs::path data;
  fs::path to;
  bool json = false;
};

enum class Kind { database, file, folder, record_log };
struct Part {
  const char* name;
  Kind kind;
};

// In an order that makes the whole fit together though a server goes on: what names others comes
// before what it names, as a version is there before a turn or a deployment says so.
constexpr Part kParts[] = {
    {"millrace.json", Kind::file},    {"journal.db", Kind::database}, {"traces.db", Kind::database},
    {"media.db", Kind::database},     {"access.db", Kind::database},  {"events", Kind::record_log},
    {"journal.key", Kind::file},      {"tokens.key", Kind::file},     {"braze.key", Kind::file},
    {"deployments.json", Kind::file}, {"grants.json", Kind::file},    {"secrets.json", Kind::file},
    {"versions", Kind::folder},       {"packages", Kind::folder},     {"quarantine", Kind::folder}};

base::Result<void> copy_part(const Part& part, const fs::path& from, const fs::path& to) {
  switch (part.kind) {
    case Kind::database: return storage::copy_database(from / part.name, to / part.name);
    case Kind::file: return storage::copy_private_file(from / part.name, to / part.name);
    case Kind::folder: return storage::copy_folder(from / part.name, to / part.name);
    case Kind::record_log: return storage::copy_record_log(from / part.name, to / part.name);
  }
  return {};
}

base::Result<std::vector<std::string>> copy_all(const fs::path& data, const fs::path& to) {
  std::vector<std::string> copied;
  for (const Part& part : kParts) {
    auto done = copy_part(part, data, to);
    if (done) copied.emplace_back(part.name);
    const bool is_missing = !done && done.error().code == Code::not_found;
    if (!done && !is_missing) return std::unexpected(done.error());
    if (is_missing && std::string_view(part.name) == "journal.db") {
      return std::unexpected(done.error());
    }
  }
  if (auto synced = posix::sync_folder(to); !synced) return std::unexpected(synced.error());
  return copied;
}

base::Result<storage::Verification> back_up(const BackupOptions& options,
                                            std::vector<std::string>& copied) {
  const auto partly = begin_folder(options.to, options.data);
  if (!partly) return std::unexpected(partly.error());
  std::error_code error;
  const auto given_up = [&](const base::Error& why) {
    fs::remove_all(*partly, error);
    return std::unexpected(why);
  };
  if (auto opened = storage::share_key(options.data, *partly); !opened) {
    return given_up(opened.error());
  }
  auto done = copy_all(options.data, *partly);
  if (!done) return given_up(done.error());
  copied = std::move(*done);
  auto found = verify_data(*partly);
  if (!found) return given_up(found.error());
  if (auto named = finish_folder(*partly); !named) return given_up(named.error());
  return found;
}

int run(const BackupOptions& options) {
  std::vector<std::string> copied;
  const auto found = back_up(options, copied);
  if (!found) return complain("backup", found.error());
  std::string words = "copied:";
  for (const std::string& name : copied) words += " " + name;
  words += "\n";
  json::array left_out;
  std::error_code error;
  if (fs::exists(options.data / "braze.db", error)) {
    left_out = {"braze.db", "braze-records"};
    words +=
        "left out: braze.db, braze-records (the sandbox's profiles; stop the server and copy them "
        "by hand)\n";
  }
  json::object done = to_json(*found);
  done["to"] = options.to.string();
  done["copied"] = json::array(copied.begin(), copied.end());
  done["left_out"] = std::move(left_out);
  print_done(options.json, done, words + describe(*found, "read back, all right"));
  return found->problems_found == 0 ? 0 : 1;
}

}  // namespace

void add_backup_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "backup", "Copy a data folder whole, while a server uses it, and read the copy back.");
  auto options = std::make_shared<BackupOptions>();
  add_data_option(*command, options->data);
  command->add_option("--to", options->to, "A new folder, or an empty one")->required();
  command->add_flag("--json", options->json, kOneJsonObject);
  command->footer(
      "The copy has the server's keys and people's words: keep it as closed as the data folder. "
      "The "
      "copy of an encrypted folder is encrypted under the same key. It "
      "has no profiles of the sandbox, and not the master key of secrets.json, which lies "
      "elsewhere. `millrace restore` makes a data folder of it again. Exits 0 when "
      "the copy is right, 1 when it has problems, which are told, 2 when there is none.");
  command->callback([&exit_code, options] { exit_code = run(*options); });
}

}  // namespace millrace::app
