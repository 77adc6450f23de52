// Where the values behind ${secret:NAME} come from: an environment variable, a file, a folder of
// files, or the encrypted store of a data folder, in this order. Every look-up reads anew, so a
// value that was changed is there for the next worker; nothing is held, and what was read on the
// way is wiped. No error and no list ever has a value in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "secrets/grants.hpp"
#include "secrets/key_file.hpp"

namespace millrace::secrets {

inline constexpr size_t kNameBytesMax = 128;
inline constexpr size_t kValueBytesMax = 64 << 10;

// A letter or '_', then letters, digits, '_', '-' and '.'.
bool is_name(std::string_view text);

// The names of all well-formed ${secret:NAME} in a text (of app.py), sorted, each once; at most
// 1,000.
std::vector<std::string> names_in(std::string_view text);

// Overwrites the text's bytes and empties it.
void wipe(std::string& text);

// $MILLRACE_SECRETS_KEY_FILE, else $XDG_CONFIG_HOME/millrace/secrets.key, or
// ~/.config/millrace/secrets.key; "" without a home.
std::filesystem::path default_key_file();

struct Places {
  std::filesystem::path file;    // lines NAME=value, for its owner's eyes only; "" = none
  std::filesystem::path folder;  // a file per secret, as container platforms mount them; "" = none
  std::filesystem::path data;    // the data folder whose store is asked last; "" = none
  std::filesystem::path key;     // the store's master key; "" = default_key_file()
};

class Resolver {
 public:
  explicit Resolver(Places places = {}) : places_(std::move(places)) {}

  // The first value found; an empty one counts as none. not_found says where it was looked for and
  // what to do; a place that is there and cannot be read is an error of its own, so that no later
  // place stands in for it unnoticed. A place from which the solution may not have that name is
  // passed over; permission_denied when there is a value and only for want of a right. Thread-safe;
  // reads files.
  base::Result<std::string> resolve(std::string_view name, const Rights& rights) const;

  // All of them, by name. The error tells of every one that is missing.
  base::Result<std::map<std::string, std::string>> resolve_all(
      const std::vector<std::string>& names, const Rights& rights) const;

  // The text with every ${secret:NAME} and ${env:NAME} replaced; other text stays as it is. What is
  // put in is not looked at again. Thread-safe.
  base::Result<std::string> expand(std::string_view text, const Rights& rights) const;

 private:
  Places places_;
};

// The encrypted store: `secrets.json` in a data folder. Each value is sealed under a key of its own
// (XChaCha20-Poly1305, with its name and version as associated data), and that key under a master
// key, which lies in a file outside the data folder. Changes are whole or not at all, and several
// processes may make them.
class Store {
 public:
  // Refuses a key file that lies in the data folder.
  static base::Result<Store> at(const std::filesystem::path& data,
                                const std::filesystem::path& key = {});

  struct Entry {
    std::string name;
    int64_t version = 1;
    base::Timestamp created_at;
    base::Timestamp changed_at;
  };
  base::Result<std::vector<Entry>> list() const;  // by name

  // not_found: no such name, or no store yet.
  base::Result<std::string> get(std::string_view name) const;
  // Makes the master key when there is none and nothing is stored yet. Gives the new version.
  base::Result<int64_t> set(std::string_view name, std::string_view value, base::Timestamp now);
  base::Result<void> remove(std::string_view name);
  // Every record's key is sealed anew under the newest master key of the file; where all are under
  // it already, a new one is made. So a file that several data folders share has one new key once
  // all of them were rotated. Former keys stay in the file behind it, because other stores may be
  // sealed under them; with Former::forgotten they go, and what they seal elsewhere is lost. A
  // crash on the way leaves a store that opens. failed_precondition: a record is sealed under a key
  // that is not in the file.
  struct Rotated {
    size_t records = 0;
    size_t former_keys = 0;  // that stay in the file
  };
  enum class Former { kept, forgotten };
  base::Result<Rotated> rotate(Former former = Former::kept);

  // Whether each record can be opened; where there is no store nothing is amiss.
  // failed_precondition: the key file is missing, or has not the key of a record, which is named.
  base::Result<void> check() const;

  const std::filesystem::path& key_file() const { return key_; }

 private:
  Store(std::filesystem::path data, std::filesystem::path key)
      : data_(std::move(data)), key_(std::move(key)) {}

  std::filesystem::path data_;
  std::filesystem::path key_;
};

}  // namespace millrace::secrets
