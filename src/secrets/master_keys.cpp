#include "secrets/master_keys.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "posix/locks.hpp"
#include "secrets/files.hpp"

namespace millrace::secrets {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kKeyFileBytesMax = 16 << 10;

// As an attempt that found no room left it.
bool is_empty_file(const fs::path& file) {
  std::error_code failed;
  return fs::is_regular_file(file, failed) && fs::file_size(file, failed) == 0 && !failed;
}

}  // namespace

base::Result<Keys> read_keys(const fs::path& file) {
  auto text = read_secret_file(file, kKeyFileBytesMax, posix::Readers::owner);
  if (!text) return std::unexpected(text.error());
  const Wiped wiped(*text);
  Keys keys;
  for (std::string_view rest = *text; !rest.empty();) {
    const size_t end = rest.find('\n');
    const std::string_view line = base::trim(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.empty()) continue;
    keys.list.push_back(base::from_base64url(line));
    if (keys.list.back().size() != kKeyBytes) {
      return fail(Code::data_loss,
                  "this is not a key of the store of secrets; put the file back from a backup",
                  file.string());
    }
  }
  if (keys.list.empty()) {
    return fail(Code::data_loss, "this key file is empty; put it back from a backup",
                file.string());
  }
  return keys;
}

base::Result<void> write_keys(const fs::path& file, const Keys& keys) {
  std::string text;
  const Wiped wiped(text);
  text.reserve(keys.list.size() * 2 * kKeyBytes);
  for (const std::string& key : keys.list) {
    std::string line = base::to_base64url(key);
    text += line;
    text += '\n';
    wipe(line);
  }
  return posix::replace_file(file, text);
}

std::unexpected<base::Error> no_key(const fs::path& file) {
  return fail(Code::failed_precondition,
              "the store's master key is not there, and without it no secret of the store can be "
              "read; put the file back from a backup, or name it: MILLRACE_SECRETS_KEY_FILE or "
              "--secrets-key. If it is lost, remove secrets.json and set every secret again",
              file.string());
}

fs::path lock_of(const fs::path& key_file) {
  return key_file.string() + ".lock";
}

base::Result<Keys> keys_for(const fs::path& file, bool is_store_empty) {
  auto keys = read_keys(file);
  if (keys) return keys;
  const bool is_missing = keys.error().code == Code::not_found;
  if (!is_missing && !(is_store_empty && is_empty_file(file))) return keys;
  if (!is_store_empty) return no_key(file);
  auto folder = posix::make_private_folder(file.parent_path());
  if (!folder) return std::unexpected(folder.error());
  const auto lock = posix::FileLock::wait_for(lock_of(file));
  if (!lock) return std::unexpected(lock.error());
  // Somebody else may have made it meanwhile.
  auto made = read_keys(file);
  if (made || (made.error().code != Code::not_found && !is_empty_file(file))) return made;
  Keys fresh;
  fresh.list.push_back(new_key());
  if (auto written = write_keys(file, fresh); !written) return std::unexpected(written.error());
  return fresh;
}

}  // namespace millrace::secrets
