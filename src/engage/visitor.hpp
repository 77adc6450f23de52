// Who a site says that its visitor is, and whether it proved that: an HMAC-SHA-256 of the visitor's
// id, in hexadecimal digits, under a key that only the site's server and this one have
// (solution.yaml: identify). What was proved is marked, and the proof, which would serve anybody,
// goes no further.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "dialog/dialog.hpp"
#include "runtime/solutions.hpp"

namespace millrace::engage {

inline constexpr size_t kVisitorIdMax = 256;  // bytes

// Under which key a solution's sites prove who comes. Thread-safe.
class IdentityKeys {
 public:
  virtual ~IdentityKeys() = default;
  // "" when the solution has none. The error is a key that is named and cannot be had.
  virtual base::Result<std::string> identity_key_of(const runtime::Solution& solution) = 0;
};

// `user_id` and `user_proof` of a session request become `user_id` and `user_verified` ("true" or
// "false") in the session's user data. An id without a proof is not verified. Errors:
// permission_denied (the proof is wrong), unavailable (the key cannot be had).
base::Result<void> identify(const json::object& request, const runtime::Solution& solution,
                            IdentityKeys& keys, json::object& user_data);

// The same for the event `identify` of a page, {"id", "proof", ...}: `verified` is put into its
// detail, and `proof` is taken out. Other events stay as they are.
base::Result<void> identify(dialog::PageEvent& event, const runtime::Solution* solution,
                            IdentityKeys& keys);

}  // namespace millrace::engage
