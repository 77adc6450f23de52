// `millrace verify`: whether a data folder holds what it should, and what is missing when it does
// not; --repair mends what can be mended.
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "app/commands.hpp"
#include "app/deployments.hpp"
#include "base/json.hpp"
#include "storage/storage.hpp"
#include "storage/verify.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using storage::Problem;
using storage::Verification;

struct VerifyOptions {
  fs::path data;
  bool json = false;
  bool repair = false;
};

constexpr size_t kKeyBytes = 32;

// The consumer whose state a record holds, where it says so.
std::optional<base::Id> whose_body(std::string_view body) {
  const auto parsed = json::parse_object(body);
  const auto* state = parsed ? json::get_object(*parsed, "state") : nullptr;
  if (state == nullptr) return std::nullopt;
  return base::Id::parse(json::get_string(*state, "consumer").value_or(""));
}

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error);
}

base::Result<void> verify_databases(const fs::path& data, Verification& into) {
  if (is_there(data / "journal.db") || is_there(data / "journal.db-wal")) {
    auto done = storage::verify_journal(data / "journal.db", whose_body, into);
    if (!done && done.error().code != base::Code::not_found) return done;
  } else if (is_there(data / "traces.db")) {
    into.add({"journal.db", "is missing, though this folder has been served from",
              "what people said, and what is owed, is not known", false});
  }
  constexpr std::pair<const char*, const char*> kStores[] = {
      {"traces.db", "traces of calls are lost; chats are not touched"},
      {"braze.db", "the sandbox's profiles are lost"}};
  for (const auto& [name, consequence] : kStores) {
    if (!is_there(data / name) && !is_there(data / (std::string(name) + "-wal"))) continue;
    auto done = storage::verify_store(data / name, consequence, into);
    if (!done && done.error().code != base::Code::not_found) return done;
  }
  if (!is_there(data / "braze-records")) return {};
  return storage::verify_record_log(data / "braze-records", into);
}

void verify_keys(const fs::path& data, Verification& into) {
  struct Key {
    const char* name;
    const char* beside;  // what it is of no use without
    const char* consequence;
  };
  constexpr Key kKeys[] = {
      {"journal.key", "journal.db", "secure answers cannot be opened, completion tokens are void"},
      {"tokens.key", "journal.db", "access tokens that were given out are void"}};
  for (const Key& key : kKeys) {
    std::error_code error;
    const auto bytes = fs::file_size(data / key.name, error);
    if (error && !is_there(data / key.beside)) continue;
    if (error) {
      into.add({key.name, "is missing beside " + std::string(key.beside), key.consequence, false});
    } else if (bytes != kKeyBytes) {
      into.add({key.name, "has " + std::to_string(bytes) + " bytes where a key has 32",
                key.consequence, false});
    }
  }
}

void verify_versions(const fs::path& data, Verification& into) {
  if (!is_there(Deployments::file_in(data))) {
    const auto installed = storage::installed_versions(data / "versions");
    if (installed && !installed->empty()) {
      into.add({"deployments.json", "is missing beside versions/",
                "what is deployed, and the numbers of the versions, are not known", false});
    }
    return;
  }
  const auto deployments = Deployments::open(data);
  if (!deployments) {
    into.add({"deployments.json", deployments.error().message, "nothing can be served", false});
    return;
  }
  for (const Deployment& deployment : deployments->current()) {
    const auto loaded = load_installed(data / "versions", deployment.hash);
    if (loaded) continue;
    into.add({"versions/" + deployment.hash, loaded.error().message,
              "'" + deployment.solution + "' cannot be served", false});
  }
}

// Beside what scripts read, everything is for its owner alone.
void verify_modes(const fs::path& data, Verification& into) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(data, error)) {
    struct stat about{};
    if (!entry.is_regular_file(error) || ::stat(entry.path().c_str(), &about) != 0) continue;
    if ((about.st_mode & 077) == 0) continue;
    into.add({entry.path().filename().string(), "others may read or write it",
              "none while the folder is closed to others", false});
  }
}

base::Result<Verification> verify_all(const fs::path& data) {
  Verification found;
  if (auto done = verify_databases(data, found); !done) return std::unexpected(done.error());
  verify_keys(data, found);
  verify_versions(data, found);
  verify_modes(data, found);
  return found;
}

json::object to_json(const Verification& found, const std::vector<std::string>& mended) {
  json::array problems;
  for (const Problem& problem : found.problems) {
    problems.push_back(json::object{{"place", problem.place},
                                    {"what", problem.what},
                                    {"consequence", problem.consequence},
                                    {"mendable", problem.is_mendable}});
  }
  json::array done(mended.begin(), mended.end());
  return {{"records", found.records},        {"consumers", found.consumers},
          {"deliveries", found.deliveries},  {"problems_found", found.problems_found},
          {"problems", std::move(problems)}, {"mended", std::move(done)}};
}

void print(const Verification& found, const std::vector<std::string>& mended) {
  for (const std::string& done : mended) std::cout << "mended: " << done << "\n";
  for (const Problem& problem : found.problems) {
    std::cout << problem.place << ": " << problem.what << "\n    so: " << problem.consequence
              << (problem.is_mendable ? " (--repair mends it)" : "") << "\n";
  }
  if (found.problems.size() < found.problems_found) {
    std::cout << "and " << found.problems_found - found.problems.size() << " more\n";
  }
  std::cout << found.records << " records of " << found.consumers << " consumers, "
            << found.deliveries << " deliveries: "
            << (found.problems_found == 0 ? "all right"
                                          : std::to_string(found.problems_found) + " problems")
            << "\n";
}

base::Result<std::vector<std::string>> repair(const fs::path& data) {
  const auto lock = storage::FolderLock::acquire(data);
  if (!lock) return std::unexpected(lock.error());
  std::vector<std::string> mended;
  if (is_there(data / "journal.db") || is_there(data / "journal.db-wal")) {
    auto done = storage::mend_journal(data / "journal.db", whose_body);
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
  const auto failed = [](const base::Error& why) {
    std::cerr << "millrace verify: " << why.describe() << "\n";
    return 2;
  };
  if (options.repair) {
    auto done = repair(options.data);
    if (!done) return failed(done.error());
    mended = std::move(*done);
  }
  const auto found = verify_all(options.data);
  if (!found) return failed(found.error());
  if (options.json) {
    std::cout << json::serialize(to_json(*found, mended)) << "\n";
  } else {
    print(*found, mended);
  }
  return found->problems_found == 0 ? 0 : 1;
}

}  // namespace

void add_verify_command(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "verify", "Whether a data folder holds what it should: records, deliveries, files, keys.");
  static VerifyOptions options;
  command->add_option("--data", options.data, "The server's data folder")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_flag("--json", options.json, "Print a JSON object");
  command->add_flag("--repair", options.repair,
                    "Mend what can be mended; no server may use the folder. Nothing is deleted: "
                    "records that are nobody's go into the table turns_aside of journal.db, "
                    "damaged files get the ending .damaged-N");
  command->footer(
      "Works beside a running server, but for --repair. Exits 0 when all is right, 1 when there "
      "are problems, 2 when it cannot be told.");
  command->callback([&exit_code] { exit_code = verify(options); });
}

}  // namespace millrace::app
