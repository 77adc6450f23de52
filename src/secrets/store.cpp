// secrets.json:
//   {"format": 1, "records": {"NAME": {"version": 2, "created_at": ms, "changed_at": ms,
//                                      "master": "id of the key", "key": "...", "value": "..."}}}
// The key file has one key a line, base64url, the newest first. There are two only while a rotation
// is under way: whoever reads a record finds the key that it names, whichever half is done.
#include <sys/stat.h>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "posix/locks.hpp"
#include "secrets/envelope.hpp"
#include "secrets/files.hpp"
#include "secrets/secrets.hpp"

namespace millrace::secrets {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kStoreBytesMax = 16 << 20;
constexpr size_t kRecordsMax = 10'000;
constexpr size_t kKeyFileBytesMax = 1 << 10;
constexpr size_t kKeyBytes = 32;
constexpr int kLooksMax = 5;  // a reader may meet a rotation half-way

// The newest first; wiped when they go.
struct Keys {
  Keys() = default;
  Keys(Keys&&) = default;
  Keys& operator=(Keys&&) = delete;
  ~Keys() {
    for (std::string& key : list) wipe(key);
  }
  const std::string* named(std::string_view id) const {
    for (const std::string& key : list) {
      if (key_id(key) == id) return &key;
    }
    return nullptr;
  }
  std::vector<std::string> list;
};

fs::path file_in(const fs::path& data) {
  return data / "secrets.json";
}

std::string place_of(std::string_view what, std::string_view name, int64_t version) {
  return "millrace secret " + std::string(what) + "\n" + std::string(name) + "\n" +
         std::to_string(version);
}

// not_found when there is no store.
base::Result<json::object> read_records(const fs::path& data) {
  const fs::path file = file_in(data);
  const auto text = read_secret_file(file, kStoreBytesMax, posix::Readers::owner);
  if (!text) return std::unexpected(text.error());
  auto parsed = json::parse_object(*text);
  const auto* records = parsed ? json::get_object(*parsed, "records") : nullptr;
  if (records == nullptr || json::get_integer(*parsed, "format") != 1) {
    return fail(Code::data_loss, "this is not a store of secrets", file.string());
  }
  for (const auto& record : *records) {
    if (!is_name(record.key()) || !record.value().is_object()) {
      return fail(Code::data_loss, "a record of this store is broken", file.string());
    }
  }
  return *records;
}

// As read_records, an absent store being an empty one.
base::Result<json::object> read_or_empty(const fs::path& data) {
  auto records = read_records(data);
  if (!records && records.error().code == Code::not_found) return json::object();
  return records;
}

base::Result<void> write_records(const fs::path& data, json::object records) {
  return posix::replace_file(
      file_in(data),
      json::serialize(json::object{{"format", 1}, {"records", std::move(records)}}) + "\n");
}

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

// As an attempt that found no room left it.
bool is_empty_file(const fs::path& file) {
  std::error_code failed;
  return fs::is_regular_file(file, failed) && fs::file_size(file, failed) == 0 && !failed;
}

base::Result<Keys> keys_for(const fs::path& file, bool is_store_empty) {
  auto keys = read_keys(file);
  if (keys) return keys;
  const bool is_missing = keys.error().code == Code::not_found;
  if (!is_missing && !(is_store_empty && is_empty_file(file))) return keys;
  if (!is_store_empty) return no_key(file);
  auto folder = posix::make_private_folder(file.parent_path());
  if (!folder) return std::unexpected(folder.error());
  Keys fresh;
  fresh.list.push_back(new_key());
  if (auto written = write_keys(file, fresh); !written) return std::unexpected(written.error());
  return fresh;
}

json::object sealed_record(const Keys& keys, std::string_view name, int64_t version,
                           std::string_view value) {
  std::string own = new_key();
  const Wiped wiped(own);
  return {{"version", version},
          {"master", key_id(keys.list.front())},
          {"key", seal(keys.list.front(), place_of("key", name, version), own)},
          {"value", seal(own, place_of("value", name, version), value)}};
}

std::string_view text_in(const json::object& record, std::string_view member) {
  return json::get_string(record, member).value_or("");
}

base::Result<std::string> record_key(const Keys& keys, const std::string& name,
                                     const json::object& record) {
  const std::string* const master = keys.named(text_in(record, "master"));
  if (master == nullptr) {
    return fail(Code::failed_precondition,
                "the secret '" + name + "' is sealed under another master key than the one given");
  }
  const int64_t version = json::get_integer(record, "version").value_or(0);
  auto own = open(*master, place_of("key", name, version), text_in(record, "key"));
  if (own && own->size() != kKeyBytes) return fail(Code::data_loss, "a record's key is broken");
  return own;
}

base::Result<std::string> open_record(const Keys& keys, const std::string& name,
                                      const json::object& record) {
  auto own = record_key(keys, name, record);
  if (!own) return own;
  const Wiped wiped(*own);
  const int64_t version = json::get_integer(record, "version").value_or(0);
  return open(*own, place_of("value", name, version), text_in(record, "value"));
}

bool is_inside(const fs::path& file, const fs::path& folder) {
  std::error_code failed;
  const fs::path inner = fs::weakly_canonical(file, failed);
  const fs::path outer = fs::weakly_canonical(folder, failed);
  const auto [end, ignored] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return end == outer.end() || (std::next(end) == outer.end() && end->empty());
}

}  // namespace

base::Result<Store> Store::at(const fs::path& data, const fs::path& key) {
  const fs::path file = key.empty() ? default_key_file() : key;
  if (file.empty()) {
    return fail(Code::invalid_argument,
                "there is no home folder for the store's master key; name a file: "
                "MILLRACE_SECRETS_KEY_FILE or --secrets-key");
  }
  if (is_inside(file, data)) {
    return fail(Code::invalid_argument,
                "the master key must not lie in the data folder, which it protects; name another "
                "file: MILLRACE_SECRETS_KEY_FILE or --secrets-key",
                file.string());
  }
  return Store(data, fs::absolute(file));
}

base::Result<std::vector<Store::Entry>> Store::list() const {
  const auto records = read_or_empty(data_);
  if (!records) return std::unexpected(records.error());
  std::vector<Entry> entries;
  for (const auto& [name, record] : *records) {
    const auto number = [&, &held = record.get_object()](std::string_view member) {
      return json::get_integer(held, member).value_or(0);
    };
    entries.push_back(
        {std::string(name), number("version"), {number("created_at")}, {number("changed_at")}});
  }
  std::ranges::sort(entries, {}, &Entry::name);
  return entries;
}

base::Result<std::string> Store::get(std::string_view name) const {
  for (int look = 1;; ++look) {
    const auto records = read_records(data_);
    if (!records) return std::unexpected(records.error());
    const auto* record = json::get_object(*records, name);
    if (record == nullptr) {
      return fail(Code::not_found, "the store has no secret '" + std::string(name) + "'");
    }
    const auto keys = read_keys(key_);
    if (!keys && keys.error().code == Code::not_found) return no_key(key_);
    if (!keys) return std::unexpected(keys.error());
    auto value = open_record(*keys, std::string(name), *record);
    if (!value && value.error().code == Code::failed_precondition && look < kLooksMax) continue;
    return value;
  }
}

base::Result<int64_t> Store::set(std::string_view name, std::string_view value,
                                 base::Timestamp now) {
  if (!is_name(name)) {
    return fail(Code::invalid_argument,
                "a secret's name has letters, digits, '_', '-' and '.', a letter first");
  }
  if (value.empty() || value.size() > kValueBytesMax) {
    return fail(Code::invalid_argument, "a secret has 1 to 65,536 bytes");
  }
  const auto lock = posix::FileLock::wait_for(data_ / "secrets.lock");
  if (!lock) return std::unexpected(lock.error());
  auto records = read_or_empty(data_);
  if (!records) return std::unexpected(records.error());
  const auto keys = keys_for(key_, records->empty());
  if (!keys) return std::unexpected(keys.error());
  const auto* old = json::get_object(*records, name);
  if (old == nullptr && records->size() >= kRecordsMax) {
    return fail(Code::resource_exhausted, "the store has 10,000 secrets already");
  }
  const int64_t version = old == nullptr ? 1 : json::get_integer(*old, "version").value_or(0) + 1;
  json::object record = sealed_record(*keys, name, version, value);
  record["created_at"] =
      old == nullptr ? now.ms : json::get_integer(*old, "created_at").value_or(now.ms);
  record["changed_at"] = now.ms;
  (*records)[name] = std::move(record);
  if (auto written = write_records(data_, std::move(*records)); !written) {
    return std::unexpected(written.error());
  }
  return version;
}

base::Result<void> Store::remove(std::string_view name) {
  const auto lock = posix::FileLock::wait_for(data_ / "secrets.lock");
  if (!lock) return std::unexpected(lock.error());
  auto records = read_or_empty(data_);
  if (!records) return std::unexpected(records.error());
  if (records->erase(name) == 0) {
    return fail(Code::not_found, "the store has no secret '" + std::string(name) + "'");
  }
  return write_records(data_, std::move(*records));
}

base::Result<size_t> Store::rotate() {
  const auto lock = posix::FileLock::wait_for(data_ / "secrets.lock");
  if (!lock) return std::unexpected(lock.error());
  auto records = read_records(data_);
  if (!records) return std::unexpected(records.error());
  auto keys = read_keys(key_);
  if (!keys && keys.error().code == Code::not_found) return no_key(key_);
  if (!keys) return std::unexpected(keys.error());
  keys->list.insert(keys->list.begin(), new_key());
  const std::string& fresh = keys->list.front();
  for (auto& member : *records) {
    const std::string name(member.key());
    json::object& record = member.value().get_object();
    auto own = record_key(*keys, name, record);
    if (!own) return std::unexpected(own.error());
    const Wiped wiped(*own);
    const int64_t version = json::get_integer(record, "version").value_or(0);
    record["master"] = key_id(fresh);
    record["key"] = seal(fresh, place_of("key", name, version), *own);
  }
  // Both keys first: from here on the store opens, whichever half of this a crash leaves.
  const size_t count = records->size();
  if (auto done = write_keys(key_, *keys); !done) return std::unexpected(done.error());
  if (auto done = write_records(data_, std::move(*records)); !done) {
    return std::unexpected(done.error());
  }
  for (size_t i = 1; i < keys->list.size(); ++i) wipe(keys->list[i]);
  keys->list.resize(1);
  if (auto done = write_keys(key_, *keys); !done) return std::unexpected(done.error());
  return count;
}

}  // namespace millrace::secrets
