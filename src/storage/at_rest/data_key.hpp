// The key of a data folder that is encrypted at rest: where it comes from, and the keys that are
// derived from it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "storage/at_rest/page_cipher.hpp"

namespace millrace::storage {

// The key of a data folder. Each file has one of its own, derived from it and the file's name.
class DataKey {
 public:
  static constexpr size_t kCheckBytes = 16;
  // From a file with 32 bytes, or with their base64, for the folder `data`. permission_denied:
  // somebody else may read it; invalid_argument: it lies in the folder; data_loss: it is no key;
  // not_found.
  static base::Result<DataKey> read(const std::filesystem::path& file,
                                    const std::filesystem::path& data);
  // `bytes` has kKeyBytes bytes.
  explicit DataKey(std::string_view bytes) : key_(bytes) {}

  // The same for a database and for what lies beside it (-wal, .damaged-1).
  Key of_file(const std::filesystem::path& file) const;
  // Says which key it is, and nothing about it.
  std::string check() const;

 private:
  Key key_;
};

// Writes a new key, for its owner's eyes only. already_exists.
base::Result<void> make_data_key(const std::filesystem::path& file);

// The path without symbolic links as far as it is there, and without a '/' at its end.
std::filesystem::path canonical_of(const std::filesystem::path& path);

}  // namespace millrace::storage
