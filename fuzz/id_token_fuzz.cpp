// Bytes as an ID token, as a provider's set of keys, and as a grant.
#include <cstdint>
#include <string_view>

#include "access/access.hpp"
#include "access/id_token.hpp"
#include "access/oidc.hpp"
#include "base/hash.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string coordinate(32, '\x11');
  const access::Jwk key{"k", access::Jwk::Kind::p256, coordinate, coordinate};
  const access::TokenExpected expected{"https://id.example", "client", "nonce", {}};
  (void)access::read_id_token(text, {key}, expected);
  // The same behind a head that is understood, so that the signature is looked at.
  const std::string head = base::to_base64url(R"({"alg":"ES256","kid":"k"})");
  (void)access::read_id_token(head + "." + std::string(text), {key}, expected);
  if (const auto object = json::parse_object(text)) {
    (void)access::keys_of(*object);
    (void)access::oidc_settings_from(*object);
  }
  if (const auto value = json::parse(text)) (void)access::grants_from_json(*value);
  (void)access::grant_from_text(text);
  return 0;
}
