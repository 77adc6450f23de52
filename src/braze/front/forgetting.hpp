// Somebody who asked to be forgotten leaves the sandbox: their profile, and the bytes of it.
#pragma once

#include <vector>

#include "base/record_log.hpp"
#include "braze/front/endpoint.hpp"

namespace millrace::braze {

struct Forgetting {
  World& world;
  base::RecordLog& log;
  const SandboxOptions& options;
};
// As Sandbox::forget(); under the lock.
base::Result<void> forget(const Forgetting& from, const std::vector<json::object>& deleted,
                          base::Timestamp now);

}  // namespace millrace::braze
