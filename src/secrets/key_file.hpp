// A key of 32 random bytes in a file of its own, made when the data that needs it is begun. It is
// written whole or not at all, and it is never made a second time unnoticed: a key that is missing
// or damaged beside its data is refused, with what would be lost and what to do.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace millrace::secrets {

inline constexpr size_t kKeyFileBytes = 32;

struct KeyFile {
  std::filesystem::path file;
  // What cannot be read or used any more without it, as the end of "without it ...".
  std::string loss;
  bool has_data = false;       // data that was made with it lies beside it
  bool may_be_remade = false;  // the operator has accepted the loss
};

// The file's key. Without data it is made (mode 0600) where it is missing or where a former attempt
// left it short; with data only when the operator said so, and then what was there is kept beside
// it, as FILE.damaged. failed_precondition: it is missing beside its data. data_loss: it is no key.
// permission_denied: others may read it, or it is another's.
base::Result<std::string> load_or_make_key(const KeyFile& key);

}  // namespace millrace::secrets
