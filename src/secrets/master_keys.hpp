// The file of master keys: one key a line, base64url, the newest first, with which everything is
// sealed from then on. Former ones stay until somebody forgets them: several data folders may share
// a key file, and whoever reads a record finds the key that it names. Changes of the file are made
// under FILE.lock. For the files of this room only.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "secrets/envelope.hpp"
#include "secrets/secrets.hpp"

namespace millrace::secrets {

inline constexpr size_t kKeyBytes = 32;
inline constexpr size_t kKeysMax = 200;

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

std::filesystem::path lock_of(const std::filesystem::path& key_file);

base::Result<Keys> read_keys(const std::filesystem::path& file);
base::Result<void> write_keys(const std::filesystem::path& file, const Keys& keys);
// The keys of a store, made where there are none and nothing is sealed yet.
base::Result<Keys> keys_for(const std::filesystem::path& file, bool is_store_empty);
// That the file is not there, and what to do.
std::unexpected<base::Error> no_key(const std::filesystem::path& file);

}  // namespace millrace::secrets
