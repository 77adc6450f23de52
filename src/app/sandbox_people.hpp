// What the Braze sandbox of a data folder knows of people, removed through its own API.
#pragma once

#include <filesystem>
#include <vector>

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

namespace millrace::app {

// By what Braze knows one consumer: {"external_id": ...}, {"user_alias": {...}}, {"email": ...},
// {"phone": ...} or {"braze_id": ...}.
using BrazeIdentifiers = std::vector<json::object>;

// Those that the chats of these people have used: what their states say, their ids as external ids
// (what scripts use), and the alias under which the server tells Braze of somebody it has no other
// name for. Not what people typed: it may be another's name.
base::Result<BrazeIdentifiers> braze_identifiers(const std::filesystem::path& data,
                                                 const std::vector<base::Id>& people);

// Deletes their profiles and overwrites what the files have of them; how many were there. No server
// may use the folder. Nothing is done where it has no sandbox.
base::Result<size_t> forget_in_sandbox(const std::filesystem::path& data,
                                       const BrazeIdentifiers& people);

}  // namespace millrace::app
