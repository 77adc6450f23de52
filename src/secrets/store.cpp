// secrets.json:
//   {"format": 1, "records": {"NAME": {"version": 2, "created_at": ms, "changed_at": ms,
//                                      "master": "id of the key", "key": "...", "value": "..."}}}
#include <algorithm>

#include "base/json.hpp"
#include "posix/locks.hpp"
#include "secrets/envelope.hpp"
#include "secrets/files.hpp"
#include "secrets/master_keys.hpp"
#include "secrets/secrets.hpp"

namespace millrace::secrets {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kStoreBytesMax = 16 << 20;
constexpr size_t kRecordsMax = 10'000;
constexpr int kLooksMax = 5;  // a reader may meet a rotation half-way

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
                "the secret '" + name +
                    "' is sealed under another master key than the one given; name the file that "
                    "has it (MILLRACE_SECRETS_KEY_FILE or --secrets-key), or remove it and set it "
                    "again");
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

// Whether every record but that of `except` can be opened.
base::Result<void> all_open(const Keys& keys, const json::object& records,
                            std::string_view except = {}) {
  for (const auto& record : records) {
    if (record.key() == except) continue;
    auto own = record_key(keys, std::string(record.key()), record.value().get_object());
    if (!own) return std::unexpected(own.error());
    wipe(*own);
  }
  return {};
}

bool is_under(const json::object& records, std::string_view master) {
  return std::ranges::all_of(records, [&](const auto& record) {
    return text_in(record.value().get_object(), "master") == master;
  });
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
  // A store of two masters would look whole and be half lost. The one that is set anew may be.
  if (auto opens = all_open(*keys, *records, name); !opens) {
    return std::unexpected(opens.error());
  }
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

base::Result<void> Store::check() const {
  for (int look = 1;; ++look) {
    const auto records = read_or_empty(data_);
    if (!records) return std::unexpected(records.error());
    if (records->empty()) return {};
    const auto keys = read_keys(key_);
    if (!keys && keys.error().code == Code::not_found) return no_key(key_);
    if (!keys) return std::unexpected(keys.error());
    auto opens = all_open(*keys, *records);
    const bool is_missing = !opens && opens.error().code == Code::failed_precondition;
    if (!is_missing || look == kLooksMax) return opens;
  }
}

base::Result<Store::Rotated> Store::rotate(Former former) {
  const auto lock = posix::FileLock::wait_for(data_ / "secrets.lock");
  if (!lock) return std::unexpected(lock.error());
  auto records = read_records(data_);
  if (!records) return std::unexpected(records.error());
  // One after the other, whichever data folder they are of: nobody writes over another's key.
  std::error_code failed;
  if (!fs::exists(key_, failed)) return no_key(key_);
  const auto key_lock = posix::FileLock::wait_for(lock_of(key_));
  if (!key_lock) return std::unexpected(key_lock.error());
  auto keys = read_keys(key_);
  if (!keys && keys.error().code == Code::not_found) return no_key(key_);
  if (!keys) return std::unexpected(keys.error());
  // What other folders moved to the newest key is still to be read: with the former keys
  // to go, a new one is made only where none of them is left.
  const bool may_renew = former == Former::kept || keys->list.size() == 1;
  if (may_renew && is_under(*records, key_id(keys->list.front()))) {
    if (former == Former::kept && keys->list.size() >= kKeysMax) {
      return fail(Code::resource_exhausted,
                  "the key file has " + std::to_string(keys->list.size()) +
                      " keys; rotate every data folder that uses it, the last one with "
                      "--forget-former",
                  key_.string());
    }
    keys->list.insert(keys->list.begin(), new_key());
  }
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
  if (former == Former::kept) return Rotated{count, keys->list.size() - 1};
  for (size_t i = 1; i < keys->list.size(); ++i) wipe(keys->list[i]);
  keys->list.resize(1);
  if (auto done = write_keys(key_, *keys); !done) return std::unexpected(done.error());
  return Rotated{count, 0};
}

}  // namespace millrace::secrets
