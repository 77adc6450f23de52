// `millrace verify`: whether a data folder holds what it should, and what is missing when it does
// not; --repair mends what can be mended.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/data/verify_data.hpp"
#include "app/commands/listing.hpp"
#include "base/json.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/verify.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using storage::Verification;

struct VerifyOptions {
  fs::path data;
  bool json = false;
  bool repair = false;
};

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error);
}

base::Result<std::vector<std::string>> repair(const fs::path& data) {
  const auto lock = storage::FolderLock::acquire(data);
  if (!lock) return std::unexpected(lock.error());
  std::vector<std::string> mended;
  if (is_there(data / "journal.db") || is_there(data / "journal.db-wal")) {
    auto done = storage::mend_journal(data / "journal.db", consumer_in);
    if (!done) return done;
    mended = std::move(*done);
  }
  // Diagnostics, and a sandbox: a fresh one does as well.
  for (const char* name : {"traces.db", "braze.db"}) {
    Verification found;
    if (!is_there(data / name) && !is_there(data / (std::string(name) + "-wal"))) continue;
    (void)storage::verify_store(data / name, "", found);
    if (found.problems_found == 0) continue;
    auto aside = storage::put_aside(data / name);
    if (!aside) return std::unexpected(aside.error());
    mended.push_back(std::string(name) + " was put aside as " + *aside + "; a new one is begun");
  }
  return mended;
}

int verify(const VerifyOptions& options) {
  std::vector<std::string> mended;
  if (options.repair) {
    auto done = repair(options.data);
    if (!done) return complain("verify", done.error());
    mended = std::move(*done);
  }
  const auto found = verify_data(options.data);
  if (!found) return complain("verify", found.error());
  if (options.json) {
    json::object all = to_json(*found);
    all["mended"] = json::array(mended.begin(), mended.end());
    print_json(std::move(all));
  } else {
    for (const std::string& done : mended) std::cout << "mended: " << done << "\n";
    std::cout << describe(*found, "all right");
  }
  return found->problems_found == 0 ? 0 : 1;
}

}  // namespace

void add_verify_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "verify", "Whether a data folder holds what it should: records, deliveries, files, keys.");
  auto options = std::make_shared<VerifyOptions>();
  add_data_option(*command, options->data);
  command->add_flag("--json", options->json, "Print a JSON object");
  command->add_flag("--repair", options->repair,
                    "Mend what can be mended; no server may use the folder. Nothing is deleted: "
                    "records that are nobody's go into the table turns_aside of journal.db, "
                    "damaged files get the ending .damaged-N");
  command->footer(
      "Works beside a running server, but for --repair. Exits 0 when all is right, 1 when there "
      "are problems, 2 when it cannot be told.");
  command->callback([&exit_code, options] { exit_code = verify(*options); });
}

}  // namespace millrace::app
