// A chat's stored inputs run through the engine again.
#pragma once

#include <optional>
#include <string>

#include "base/id.hpp"
#include "base/result.hpp"
#include "runtime/archive.hpp"
#include "solutions/versions.hpp"

namespace millrace::solutions {

struct Replayed {
  // The first turn that came out otherwise than it is stored.
  struct Difference {
    int64_t turn = 0;
    std::string what;
  };
  size_t turns = 0;  // up to there, it among them
  std::optional<Difference> difference;
};

// Compares byte for byte, in the form in which each record was written. not_found: there is no such
// chat; data_loss: it, or a version it stood on, cannot be read.
base::Result<Replayed> replay(runtime::Archive& archive, base::Id chat, const std::string& seal_key,
                              Versions& versions);

}  // namespace millrace::solutions
