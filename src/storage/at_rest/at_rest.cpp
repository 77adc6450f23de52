#include "storage/at_rest/at_rest.hpp"

#include <fstream>
#include <map>
#include <mutex>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "posix/files.hpp"
#include "storage/at_rest/open_keys.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kMarkerBytesMax = 4'096;
constexpr int64_t kFormat = 1;

class OpenFolders {
 public:
  static OpenFolders& get() {
    static OpenFolders folders;
    return folders;
  }

  void put(const fs::path& folder, const std::optional<DataKey>& key) {
    const std::lock_guard lock(mutex_);
    folders_.insert_or_assign(canonical_of(folder), key);
  }

  // The outer nullopt: no folder of the file was opened.
  std::optional<std::optional<DataKey>> innermost(const fs::path& file) {
    const std::lock_guard lock(mutex_);
    if (folders_.empty()) return std::nullopt;
    for (fs::path folder = canonical_of(file);; folder = folder.parent_path()) {
      const auto found = folders_.find(folder);
      if (found != folders_.end()) return found->second;
      if (!folder.has_relative_path()) return std::nullopt;
    }
  }

 private:
  std::mutex mutex_;
  std::map<fs::path, std::optional<DataKey>> folders_;
};

std::unexpected<base::Error> no_key(const fs::path& data) {
  return fail(Code::failed_precondition,
              "this data folder is encrypted at rest, and its key was not given; name the key's "
              "file: --encrypt-at-rest FILE or MILLRACE_ENCRYPT_AT_REST",
              data.string());
}

// One of the files that are kept encrypted, where there is any: a database, a log, or records.
std::optional<std::string> first_data_in(const fs::path& data) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(data, failed)) {
    const std::string name = entry.path().filename().string();
    const bool is_data = name.ends_with(".db") || name.ends_with(".db-wal");
    if (is_data && entry.is_regular_file(failed) && entry.file_size(failed) > 0) return name;
  }
  for (const char* name : {"braze-records", "quarantine"}) {
    if (fs::is_directory(data / name, failed) && !fs::is_empty(data / name, failed)) return name;
  }
  return std::nullopt;
}

bool has_sealed_database(const fs::path& data) {
  std::string head(kSealedMagic.size(), '\0');
  std::ifstream(data / "journal.db", std::ios::binary)
      .read(head.data(), static_cast<std::streamsize>(head.size()));
  return head == kSealedMagic;
}

base::Result<void> check_against(const std::string& check, const DataKey& key,
                                 const fs::path& data) {
  if (base::equal_constant_time(check, key.check())) return {};
  return fail(
      Code::failed_precondition,
      "this is not the key under which this data folder is encrypted; name that one's file: "
      "--encrypt-at-rest FILE or MILLRACE_ENCRYPT_AT_REST",
      data.string());
}

base::Result<void> begin_encrypted(const fs::path& data, const DataKey& key, Beginning beginning) {
  if (const auto there = first_data_in(data)) {
    if (has_sealed_database(data)) {
      return fail(Code::data_loss,
                  "encryption.json is missing beside encrypted files; put it back from a backup",
                  data.string());
    }
    return fail(Code::failed_precondition,
                "a key was given, but " + *there +
                    " is there and is not encrypted; stop the server and run `millrace encrypt "
                    "--data DIR --key FILE`, or start without the key",
                data.string());
  }
  if (beginning == Beginning::refused) return {};
  auto made = posix::make_private_folder(data);
  return made ? write_marker(data, key) : made;
}

base::Result<void> check_no_conversion(const fs::path& data) {
  if (!is_conversion_cut_short(data)) return {};
  return fail(
      Code::failed_precondition,
      "a conversion was cut short when all was prepared; run the same `millrace encrypt` or "
      "`millrace decrypt` again, which ends it",
      data.string());
}

}  // namespace

std::optional<DataKey> opened_key(const fs::path& file) {
  const auto said = OpenFolders::get().innermost(file);
  return said ? *said : std::nullopt;
}

base::Result<std::optional<Key>> key_of(const fs::path& file) {
  if (const auto said = OpenFolders::get().innermost(file)) {
    return *said ? std::optional((*said)->of_file(file)) : std::nullopt;
  }
  const fs::path folder = canonical_of(file).parent_path();
  for (const fs::path& data : {folder, folder.parent_path()}) {
    if (is_folder_encrypted(data)) return no_key(data);
  }
  return std::nullopt;
}

void keep_open(const fs::path& folder, const std::optional<DataKey>& key) {
  OpenFolders::get().put(folder, key);
}

fs::path marker_in(const fs::path& data) {
  return data / "encryption.json";
}

base::Result<void> write_marker(const fs::path& data, const DataKey& key) {
  const json::object marker{{"format", kFormat},
                            {"cipher", "XChaCha20-Poly1305"},
                            {"check", base::to_base64url(key.check())}};
  auto written = posix::write_new_file(marker_in(data), json::serialize(marker) + "\n");
  return written ? posix::sync_folder(data) : written;
}

base::Result<std::optional<std::string>> read_marker(const fs::path& data) {
  const auto text = posix::read_file(marker_in(data), {.bytes_max = kMarkerBytesMax});
  if (!text && text.error().code == Code::not_found) return std::nullopt;
  if (!text) return std::unexpected(text.error());
  const auto marker = json::parse_object(*text);
  if (marker && json::get_integer(*marker, "format").value_or(0) > kFormat) {
    return fail(Code::failed_precondition, "a later version of this program encrypted this folder",
                marker_in(data).string());
  }
  std::string check =
      marker ? base::from_base64url(json::get_string(*marker, "check").value_or("")) : "";
  if (check.size() != DataKey::kCheckBytes) {
    return fail(Code::data_loss, "is damaged; put it back from a backup", marker_in(data).string());
  }
  return check;
}

fs::path conversion_in(const fs::path& data) {
  return data / "converting";
}

bool is_conversion_cut_short(const fs::path& data) {
  std::error_code failed;
  return fs::exists(conversion_in(data) / "ready", failed);
}

bool is_folder_encrypted(const fs::path& data) {
  std::error_code failed;
  return fs::exists(marker_in(data), failed);
}

base::Result<void> unlock_folder(const fs::path& data, const fs::path& key_file,
                                 Beginning beginning) {
  if (!key_file.empty()) {
    const auto key = DataKey::read(key_file, data);
    return key ? unlock_folder(data, *key, beginning) : std::unexpected(key.error());
  }
  if (auto none = check_no_conversion(data); !none) return none;
  if (is_folder_encrypted(data)) return no_key(data);
  if (!has_sealed_database(data)) return {};
  return fail(Code::data_loss,
              "encryption.json is missing beside encrypted files; put it back from a backup, and "
              "name the key's file: --encrypt-at-rest FILE",
              data.string());
}

base::Result<void> unlock_folder(const fs::path& data, const DataKey& key, Beginning beginning) {
  if (auto none = check_no_conversion(data); !none) return none;
  const auto check = read_marker(data);
  if (!check) return std::unexpected(check.error());
  auto good = *check ? check_against(**check, key, data) : begin_encrypted(data, key, beginning);
  if (good && is_folder_encrypted(data)) keep_open(data, key);
  return good;
}

base::Result<void> share_key(const fs::path& from, const fs::path& to) {
  const auto key = opened_key(from);
  if (!key) return is_folder_encrypted(from) ? no_key(from) : base::Result<void>();
  keep_open(to, key);
  return is_folder_encrypted(to) ? base::Result<void>() : write_marker(to, *key);
}

base::Result<std::string> sealed_for(const fs::path& file, std::string text) {
  const auto key = key_of(file);
  if (!key) return std::unexpected(key.error());
  if (!*key) return text;
  Nonces nonces;
  return seal_bytes(**key, nonces, file.filename().string(), text);
}

base::Result<std::string> unsealed_from(const fs::path& file, std::string content) {
  const auto key = key_of(file);
  if (!key) return std::unexpected(key.error());
  if (!*key) return content;
  auto text = open_bytes(**key, file.filename().string(), content);
  if (text) return std::move(*text);
  return fail(Code::data_loss, "cannot be decrypted: it is damaged, or belongs to another key",
              file.string());
}

}  // namespace millrace::storage
