#include "secrets/envelope.hpp"

#include <sodium.h>

#include "base/hash.hpp"
#include "secrets/files.hpp"

namespace millrace::secrets {
namespace {

constexpr size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kBlock = 64;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

std::string new_key() {
  std::string key(kKeyBytes, '\0');
  randombytes_buf(key.data(), key.size());
  return key;
}

std::string key_id(std::string_view key) {
  constexpr size_t kIdBytes = 9;
  return base::to_base64url(
      base::hmac_sha256(key, "millrace secrets: the key's name").substr(0, kIdBytes));
}

std::string seal(std::string_view key, std::string_view place, std::string_view text) {
  MILLRACE_CHECK(key.size() == kKeyBytes);
  std::string plain;
  const Wiped wiped(plain);
  plain.reserve(text.size() + kBlock);  // no copy is left behind by growing
  plain = text;
  plain.push_back('\x80');
  plain.resize((plain.size() + kBlock - 1) / kBlock * kBlock, '\0');
  std::string sealed(kNonceBytes + plain.size() + kTagBytes, '\0');
  randombytes_buf(sealed.data(), kNonceBytes);
  unsigned long long length = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      bytes_of(sealed) + kNonceBytes, &length, bytes_of(std::string_view(plain)), plain.size(),
      bytes_of(place), place.size(), nullptr, bytes_of(std::string_view(sealed)), bytes_of(key));
  return base::to_base64url(sealed);
}

base::Result<std::string> open(std::string_view key, std::string_view place,
                               std::string_view sealed) {
  const auto refused = [] {
    return base::fail(base::Code::data_loss, "this record cannot be opened: it was changed");
  };
  MILLRACE_CHECK(key.size() == kKeyBytes);
  const std::string bytes = base::from_base64url(sealed);
  if (bytes.size() < kNonceBytes + kTagBytes) return refused();
  std::string plain(bytes.size() - kNonceBytes - kTagBytes, '\0');
  unsigned long long length = 0;
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      bytes_of(plain), &length, nullptr, bytes_of(std::string_view(bytes)) + kNonceBytes,
      bytes.size() - kNonceBytes, bytes_of(place), place.size(), bytes_of(std::string_view(bytes)),
      bytes_of(key));
  const size_t end = plain.find_last_not_of('\0');
  if (failed != 0 || end == std::string::npos || plain[end] != '\x80') {
    wipe(plain);
    return refused();
  }
  plain.resize(end);
  return plain;
}

}  // namespace millrace::secrets
