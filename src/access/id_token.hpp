// ID tokens of OpenID Connect: whether a token was signed by the provider, for us, now, in answer
// to this very question (OpenID Connect Core 3.1.3.7). RS256 and ES256; a token that says "none",
// or names an algorithm that is not its key's, is refused. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"

namespace millrace::access {

inline constexpr size_t kTokenBytesMax = 32 << 10;

// A public key of the provider's.
struct Jwk {
  std::string id;  // kid; may be ""
  enum class Kind { rsa, p256 } kind = Kind::rsa;
  std::string a;  // n, or x; bytes
  std::string b;  // e, or y
};
// The signing keys that are understood, of a JWK set; what else is in it is passed over.
std::vector<Jwk> keys_of(const json::object& jwk_set);

struct TokenExpected {
  std::string_view issuer;
  std::string_view client;
  std::string_view nonce;
  base::Timestamp now;
};

// The claims. not_found: it was signed with a key that is not among these. unauthenticated:
// anything else is wrong with it, in words for the log.
base::Result<json::object> read_id_token(std::string_view token, const std::vector<Jwk>& keys,
                                         const TokenExpected& expected);

}  // namespace millrace::access
