#include "access/id_token.hpp"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <memory>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace millrace::access {
namespace {

using base::Code;
using base::fail;

constexpr size_t kCoordinateBytes = 32;  // of P-256
constexpr size_t kRsaBytesMin = 2'048 / 8;
constexpr int64_t kSkewMs = 60'000;
constexpr size_t kKeysMax = 64;

template <auto free>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    free(object);
  }
};
using PublicKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number number_of(std::string_view bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

PublicKey key_from(const char* kind, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) <= 0 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) <= 0) {
    return nullptr;
  }
  return PublicKey(key);
}

PublicKey public_key(const Jwk& jwk) {
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder) return nullptr;
  if (jwk.kind == Jwk::Kind::rsa) {
    const Number n = number_of(jwk.a);
    const Number e = number_of(jwk.b);
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return key_from("RSA", builder.get());
  }
  const std::string point = "\x04" + jwk.a + jwk.b;
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return key_from("EC", builder.get());
}

// RFC 7518 3.4 has r and s side by side; OpenSSL wants them as DER.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * kCoordinateBytes) return {};
  const std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>> pair(ECDSA_SIG_new());
  Number r = number_of(signature.substr(0, kCoordinateBytes));
  Number s = number_of(signature.substr(kCoordinateBytes));
  if (!pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  (void)r.release();  // the pair's from here on
  (void)s.release();
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(pair.get(), &der);
  if (length <= 0) return {};
  std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(length));
  OPENSSL_free(der);
  return out;
}

bool is_signed(const Jwk& jwk, std::string_view text, std::string_view signature) {
  const std::string der = jwk.kind == Jwk::Kind::p256 ? der_of(signature) : std::string(signature);
  const PublicKey key = public_key(jwk);
  const std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  return key && context && !der.empty() &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(der), der.size(), bytes_of(text), text.size()) ==
             1;
}

base::Result<json::object> part(std::string_view text) {
  auto parsed = json::parse_object(base::from_base64url(text));
  if (!parsed) return fail(Code::unauthenticated, "the ID token is not a JSON web token");
  return parsed;
}

// aud is a text, or a list of texts.
bool is_for(const json::object& claims, std::string_view client) {
  const json::value* audience = claims.if_contains("aud");
  if (audience == nullptr) return false;
  if (audience->is_string()) return audience->get_string() == client;
  if (!audience->is_array()) return false;
  const auto& all = audience->get_array();
  const bool is_named = std::ranges::any_of(all, [&](const json::value& each) {
    return each.is_string() && each.get_string() == client;
  });
  return is_named && (all.size() == 1 || json::get_string(claims, "azp") == client);
}

std::optional<int64_t> seconds(const json::object& claims, std::string_view name) {
  const json::value* value = claims.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return static_cast<int64_t>(value->to_number<double>());
}

base::Result<void> check_claims(const json::object& claims, const TokenExpected& expected) {
  const auto wrong = [](std::string what) {
    return fail(Code::unauthenticated, "the ID token " + std::move(what));
  };
  if (json::get_string(claims, "iss") != expected.issuer) return wrong("is of another issuer");
  if (!is_for(claims, expected.client)) return wrong("is for another client");
  if (json::get_string(claims, "azp").value_or(expected.client) != expected.client) {
    return wrong("was given to another client");
  }
  if (!base::equal_constant_time(json::get_string(claims, "nonce").value_or(""), expected.nonce)) {
    return wrong("answers another question");
  }
  const auto until = seconds(claims, "exp");
  const auto begun = seconds(claims, "iat");
  if (!until || *until * 1'000 + kSkewMs <= expected.now.ms) return wrong("is over");
  if (!begun || *begun * 1'000 - kSkewMs > expected.now.ms) return wrong("is of the future");
  const auto not_before = seconds(claims, "nbf");
  if (not_before && *not_before * 1'000 - kSkewMs > expected.now.ms)
    return wrong("is of the future");
  if (json::get_string(claims, "sub").value_or("").empty()) return wrong("names nobody");
  return {};
}

}  // namespace

std::vector<Jwk> keys_of(const json::object& jwk_set) {
  std::vector<Jwk> keys;
  const auto* listed = json::get_array(jwk_set, "keys");
  if (listed == nullptr) return keys;
  for (const json::value& each : *listed) {
    if (!each.is_object() || keys.size() == kKeysMax) continue;
    const auto& one = each.get_object();
    if (json::get_string(one, "use").value_or("sig") != "sig") continue;
    const auto bytes = [&](std::string_view name) {
      return base::from_base64url(json::get_string(one, name).value_or(""));
    };
    Jwk key;
    key.id = json::get_string(one, "kid").value_or("");
    const auto kind = json::get_string(one, "kty").value_or("");
    if (kind == "RSA") {
      key.kind = Jwk::Kind::rsa;
      key.a = bytes("n");
      key.b = bytes("e");
      if (key.a.size() < kRsaBytesMin || key.b.empty()) continue;
    } else if (kind == "EC" && json::get_string(one, "crv") == "P-256") {
      key.kind = Jwk::Kind::p256;
      key.a = bytes("x");
      key.b = bytes("y");
      if (key.a.size() != kCoordinateBytes || key.b.size() != kCoordinateBytes) continue;
    } else {
      continue;
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

base::Result<json::object> read_id_token(std::string_view token, const std::vector<Jwk>& keys,
                                         const TokenExpected& expected) {
  const auto parts = base::split(token, '.');
  if (token.size() > kTokenBytesMax || parts.size() != 3) {
    return fail(Code::unauthenticated, "the ID token is not a JSON web token");
  }
  const auto header = part(parts[0]);
  if (!header) return std::unexpected(header.error());
  const auto algorithm = json::get_string(*header, "alg").value_or("");
  if (algorithm != "RS256" && algorithm != "ES256") {
    return fail(Code::unauthenticated, "the ID token is not signed with RS256 or ES256");
  }
  if (header->contains("crit")) {
    return fail(Code::unauthenticated, "the ID token has a header that must be understood");
  }
  const auto kind = algorithm == "RS256" ? Jwk::Kind::rsa : Jwk::Kind::p256;
  const auto id = json::get_string(*header, "kid").value_or("");
  std::vector<const Jwk*> meant;
  for (const Jwk& key : keys) {
    if (key.kind == kind && (id.empty() || key.id == id)) meant.push_back(&key);
  }
  if (meant.empty()) return fail(Code::not_found, "the ID token is signed with an unknown key");
  const std::string_view text = token.substr(0, parts[0].size() + 1 + parts[1].size());
  const std::string signature = base::from_base64url(parts[2]);
  const bool is_theirs =
      std::ranges::any_of(meant, [&](const Jwk* key) { return is_signed(*key, text, signature); });
  if (!is_theirs) return fail(Code::unauthenticated, "the ID token's signature is not right");
  auto claims = part(parts[1]);
  if (!claims) return claims;
  if (auto fine = check_claims(*claims, expected); !fine) return std::unexpected(fine.error());
  return claims;
}

}  // namespace millrace::access
