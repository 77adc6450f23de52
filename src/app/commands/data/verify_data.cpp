#include "app/commands/data/verify_data.hpp"

#include <sys/stat.h>

#include "app/wire/data/data_reading.hpp"
#include "solutions/folder.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using storage::Problem;
using storage::Verification;

constexpr size_t kKeyBytes = 32;

std::optional<base::Id> id_in_state(std::string_view body, std::string_view name) {
  const auto parsed = json::parse_object(body);
  const auto* state = parsed ? json::get_object(*parsed, "state") : nullptr;
  if (state == nullptr) return std::nullopt;
  return base::Id::parse(json::get_string(*state, name).value_or(""));
}

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error);
}

base::Result<void> verify_databases(const fs::path& data, Verification& into) {
  if (is_there(data / "journal.db") || is_there(data / "journal.db-wal")) {
    auto done = storage::verify_journal(data / "journal.db", consumer_in, into);
    if (!done && done.error().code != base::Code::not_found) return done;
  } else if (is_there(data / "traces.db")) {
    into.add({"journal.db", "is missing, though this folder has been served from",
              "what people said, and what is owed, is not known", false});
  }
  constexpr std::pair<const char*, const char*> kStores[] = {
      {"traces.db", "traces of calls are lost; chats are not touched"},
      {"access.db", "operators, keys and the audit log are lost; chats are not touched"},
      {"media.db", "files that people sent are lost; chats are not touched"},
      {"braze.db", "the sandbox's profiles are lost"}};
  for (const auto& [name, consequence] : kStores) {
    if (!is_there(data / name) && !is_there(data / (std::string(name) + "-wal"))) continue;
    auto done = storage::verify_store(data / name, consequence, into);
    if (!done && done.error().code != base::Code::not_found) return done;
  }
  for (const auto& [name, consequence] :
       {std::pair("events", "the server refuses to start with these files"),
        std::pair("braze-records", "the sandbox refuses to start with these files")}) {
    if (!is_there(data / name)) continue;
    if (auto done = storage::verify_record_log(data / name, consequence, into); !done) return done;
  }
  return {};
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
  if (!is_there(solutions::Deployments::file_in(data))) {
    const auto installed = solutions::installed_versions(data / "versions");
    if (installed && !installed->empty()) {
      into.add({"deployments.json", "is missing beside versions/",
                "what is deployed, and the numbers of the versions, are not known", false});
    }
    return;
  }
  const auto deployments = deployments_of(data);
  if (!deployments) {
    into.add({"deployments.json", deployments.error().message, "nothing can be served", false});
    return;
  }
  auto versions = versions_in(data);
  for (const solutions::Deployment& deployment : deployments->current()) {
    const auto loaded = versions.program(deployment.hash);
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

}  // namespace

std::optional<base::Id> consumer_in(std::string_view body) {
  return id_in_state(body, "consumer");
}

std::optional<base::Id> chat_in(std::string_view body) {
  return id_in_state(body, "chat");
}

base::Result<Verification> verify_data(const fs::path& data) {
  Verification found;
  if (auto done = verify_databases(data, found); !done) return std::unexpected(done.error());
  verify_keys(data, found);
  verify_versions(data, found);
  verify_modes(data, found);
  return found;
}

json::object to_json(const Verification& found) {
  json::array problems;
  for (const Problem& problem : found.problems) {
    problems.push_back(json::object{{"place", problem.place},
                                    {"what", problem.what},
                                    {"consequence", problem.consequence},
                                    {"mendable", problem.is_mendable}});
  }
  return {{"records", found.records},
          {"consumers", found.consumers},
          {"deliveries", found.deliveries},
          {"problems_found", found.problems_found},
          {"problems", std::move(problems)}};
}

std::string describe(const Verification& found, std::string_view when_right) {
  std::string out;
  for (const Problem& problem : found.problems) {
    out += problem.place + ": " + problem.what + "\n    so: " + problem.consequence +
           (problem.is_mendable ? " (--repair mends it)" : "") + "\n";
  }
  if (found.problems.size() < found.problems_found) {
    out += "and " + std::to_string(found.problems_found - found.problems.size()) + " more\n";
  }
  out += std::to_string(found.records) + " records of " + std::to_string(found.consumers) +
         " consumers, " + std::to_string(found.deliveries) + " deliveries: ";
  return out +
         (found.problems_found == 0 ? std::string(when_right)
                                    : std::to_string(found.problems_found) + " problems") +
         "\n";
}

}  // namespace millrace::app
