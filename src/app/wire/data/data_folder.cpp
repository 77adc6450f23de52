#include "app/wire/data/data_folder.hpp"

#include <algorithm>

#include "secrets/secrets.hpp"
#include "storage/at_rest/convert.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr const char* kJournal = "journal.db";
constexpr const char* kTokensKey = "tokens.key";
constexpr const char* kJournalKey = "journal.key";
constexpr const char* kSandboxKey = "braze.key";
constexpr const char* kDeployments = "deployments.json";
constexpr const char* kAccess = "access.db";

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_filled(const fs::path& file) {
  std::error_code failed;
  return fs::is_regular_file(file, failed) && fs::file_size(file, failed) > 0 && !failed;
}

// Folders of before there was a manifest: traces were opened after the journal.
bool had_journal(const fs::path& data, const Manifest& manifest) {
  return manifest.holds(kJournal) || is_filled(data / "traces.db");
}

// What is left of a journal is kept beside the new one.
base::Result<void> put_aside(const fs::path& file) {
  std::error_code failed;
  if (!fs::exists(file, failed)) return {};
  fs::rename(file, file.string() + ".damaged", failed);
  if (failed) return fail(Code::unavailable, failed.message(), file.string());
  return {};
}

base::Result<void> check_journal(const fs::path& data, const Manifest& manifest, bool may_be_anew) {
  const fs::path file = data / kJournal;
  if (is_filled(file) || !had_journal(data, manifest)) return {};
  if (!may_be_anew) {
    return fail(Code::failed_precondition,
                "the journal is missing or empty beside data that was made with it. Put it back "
                "from a backup, with its journal.db-wal. If there is none, accept the loss: every "
                "conversation, and what is still owed to other systems; then start once with "
                "--make-anew journal.db",
                file.string());
  }
  for (const char* end : {"", "-wal", "-shm"}) {
    if (auto done = put_aside(file.string() + end); !done) return done;
  }
  return {};
}

base::Result<std::string> load_key(const fs::path& data, const char* name, std::string loss,
                                   bool has_data, const std::vector<std::string>& make_anew) {
  return secrets::load_or_make_key({data / name, std::move(loss), has_data, has(make_anew, name)});
}

}  // namespace

const std::vector<std::string>& files_that_can_be_made_anew() {
  static const std::vector<std::string> kNames = {kJournal,    kTokensKey,   kJournalKey,
                                                  kSandboxKey, kDeployments, kAccess};
  return kNames;
}

base::Result<DataFolder> open_data_folder(const fs::path& data,
                                          const std::vector<std::string>& make_anew) {
  auto lock = storage::FolderLock::acquire(data, std::chrono::seconds(2));
  if (!lock) return std::unexpected(lock.error());
  if (auto removed = storage::remove_unfinished_conversion(data); !removed) {
    return std::unexpected(removed.error());
  }
  auto manifest = Manifest::read(data);
  if (!manifest) return std::unexpected(manifest.error());
  for (const char* name : {kDeployments, kSandboxKey, kAccess}) {
    if (!has(make_anew, name)) continue;
    if (auto done = manifest->strike({name}); !done) return std::unexpected(done.error());
  }
  if (auto done = check_journal(data, *manifest, has(make_anew, kJournal)); !done) {
    return std::unexpected(done.error());
  }
  // A journal without a manifest is one of before there were manifests.
  const bool has_journal = is_filled(data / kJournal);
  auto tokens = load_key(data, kTokensKey,
                         "every access token stops working: whoever has a chat open in a page has "
                         "to begin it anew",
                         manifest->holds(kTokensKey) || has_journal, make_anew);
  if (!tokens) return std::unexpected(tokens.error());
  auto sealing = load_key(data, kJournalKey,
                          "answers that were kept sealed can never be read again, and calls that "
                          "are pending cannot be completed",
                          manifest->holds(kJournalKey) || has_journal, make_anew);
  if (!sealing) return std::unexpected(sealing.error());
  return DataFolder{std::move(*lock), std::move(*tokens), std::move(*sealing)};
}

base::Result<void> note_data_folder(const fs::path& data) {
  auto manifest = Manifest::read(data);
  if (!manifest) return std::unexpected(manifest.error());
  return manifest->add({kJournal, kTokensKey, kJournalKey});
}

base::Result<void> check_secrets(const fs::path& data, const fs::path& key) {
  const auto store = secrets::Store::at(data, key);
  // Without a home, or with a key where none may lie, there is nothing that was kept with it.
  return store ? store->check() : base::Result<void>();
}

base::Result<std::string> load_sandbox_key(const fs::path& data,
                                           const std::vector<std::string>& make_anew) {
  auto manifest = Manifest::read(data);
  if (!manifest) return std::unexpected(manifest.error());
  auto key =
      load_key(data, kSandboxKey, "whoever calls the Braze sandbox has to be given its new API key",
               manifest->holds(kSandboxKey), make_anew);
  if (!key) return key;
  if (auto noted = manifest->add({kSandboxKey}); !noted) return std::unexpected(noted.error());
  return key;
}

}  // namespace millrace::app
