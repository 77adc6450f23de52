// POST /users/export/ids: which profiles are asked for, and what is said of them (reference:
// other-endpoints.md 5).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "braze/profile_store.hpp"

namespace millrace::braze {

struct ExportRequest {
  std::vector<Identifier> wanted;
  std::optional<std::vector<std::string>> fields;  // nullopt: all of them
};

// What is asked for, or the message of a 400. Asking for a device finds nobody: no device ever
// reports here.
std::expected<ExportRequest, std::string> read_export(const json::object& body);

// The body of the 201: {"users": [...], "invalid_user_ids": [...], "message": "success"}. Reads
// profiles; called under the sandbox's lock.
base::Result<json::object> export_profiles(const ExportRequest& request, ProfileStore& profiles);

}  // namespace millrace::braze
