// Who sends a request, by its key (reference: users-track.md 2). Pure.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/web/web.hpp"
#include "braze/braze.hpp"
#include "braze/front/diagnostics.hpp"

namespace millrace::braze {

// How diagnoses call a key: by its name, or "key #3".
std::string name_of(const ApiKey& key, const SandboxOptions& options);
// True when the key can only be in the body, as before 2020.
bool may_hold_key_in_body(const web::Request& request, const SandboxOptions& options);

// The key the request was let in with, or Braze's refusal. `body` is empty when it was
// not read or is no object.
std::expected<const ApiKey*, web::Response> authenticate(const web::Request& request,
                                                         const json::object& body,
                                                         const SandboxOptions& options,
                                                         Diagnostics& diagnostics);

// 403 when the key may not do that.
std::optional<web::Response> refuse_without_permission(const ApiKey& key,
                                                       std::string_view permission,
                                                       Diagnostics& diagnostics);

}  // namespace millrace::braze
