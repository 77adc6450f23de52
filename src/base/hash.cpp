#include "base/hash.hpp"

// OpenSSL uses the CPU's own instructions for SHA-256, which libsodium does not: several ids are
// made of hashes in every turn. What its newer interface asks for before it hashes anything costs
// more than the hash of a few bytes, so this is the one that it calls deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <sodium.h>

#include <cstring>

#include "base/sha256.hpp"

namespace millrace::base {
namespace {
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
}  // namespace

std::array<uint8_t, 32> sha256_of(std::initializer_list<std::string_view> parts) {
  static_assert(SHA256_DIGEST_LENGTH == 32);
  std::array<uint8_t, 32> digest{};
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const std::string_view part : parts) SHA256_Update(&context, part.data(), part.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

std::string sha256(std::string_view bytes) {
  const auto digest = sha256_of({bytes});
  return {digest.begin(), digest.end()};
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string out(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(bytes), bytes.size());
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

uint64_t checksum(uint64_t key, std::string_view bytes) {
  static_assert(crypto_shorthash_BYTES == sizeof(uint64_t));
  std::array<unsigned char, crypto_shorthash_KEYBYTES> whole_key{};
  std::memcpy(whole_key.data(), &key, sizeof key);
  uint64_t sum = 0;
  crypto_shorthash(reinterpret_cast<unsigned char*>(&sum), bytes_of(bytes), bytes.size(),
                   whole_key.data());
  return sum;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_base64url(std::string_view bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string out(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes_of(bytes), bytes.size(), kVariant);
  out.pop_back();  // the encoder's terminating zero
  return out;
}

std::string from_base64url(std::string_view text) {
  std::string out(text.size(), '\0');
  size_t length = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                                       text.data(), text.size(), nullptr, &length, &end,
                                       sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (failed != 0 || end != text.data() + text.size()) return {};
  out.resize(length);
  return out;
}

}  // namespace millrace::base
