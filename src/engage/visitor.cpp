#include "engage/visitor.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

namespace millrace::engage {
namespace {

using base::Code;
using base::fail;

// False without a key or a proof: nothing was proved, and nothing was forged.
base::Result<bool> is_proved(std::string_view id, std::string_view proof, std::string_view where,
                             const runtime::Solution& solution, IdentityKeys& keys) {
  if (proof.empty()) return false;
  const auto key = keys.identity_key_of(solution);
  if (!key) {
    return fail(Code::unavailable, "whom the proof is of cannot be judged now", std::string(where));
  }
  if (key->empty()) return false;
  const std::string wanted = base::to_hex(base::hmac_sha256(*key, id));
  if (!base::equal_constant_time(wanted, base::to_ascii_lower(proof))) {
    return fail(Code::permission_denied, "this is not the proof of that visitor",
                std::string(where));
  }
  return true;
}

}  // namespace

base::Result<void> identify(const json::object& request, const runtime::Solution& solution,
                            IdentityKeys& keys, json::object& user_data) {
  const auto id = json::get_string(request, "user_id").value_or("");
  if (id.empty()) return {};
  if (id.size() > kVisitorIdMax) {
    return fail(Code::invalid_argument, "user_id has at most 256 bytes", "user_id");
  }
  const auto proof = json::get_string(request, "user_proof").value_or("");
  const auto proved = is_proved(id, proof, "user_proof", solution, keys);
  if (!proved) return std::unexpected(proved.error());
  user_data["user_id"] = id;
  user_data["user_verified"] = *proved ? "true" : "false";
  return {};
}

base::Result<void> identify(dialog::PageEvent& event, const runtime::Solution* solution,
                            IdentityKeys& keys) {
  if (event.name != "identify") return {};
  const auto id = json::get_string(event.detail, "id").value_or("");
  const std::string proof(json::get_string(event.detail, "proof").value_or(""));
  // Of a solution that is not served any more nothing can be proved.
  const bool is_told = !id.empty() && solution != nullptr;
  const auto proved =
      is_told ? is_proved(id, proof, "proof", *solution, keys) : base::Result<bool>(false);
  if (!proved) return std::unexpected(proved.error());
  event.detail.erase("proof");
  event.detail["verified"] = *proved;
  return {};
}

}  // namespace millrace::engage
