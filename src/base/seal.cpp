#include "base/seal.hpp"

#include <sodium.h>

#include "base/hash.hpp"

namespace millrace::base {
namespace {

constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kBlock = 32;
static_assert(kSealKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

// One key is never used for two things.
std::string subkey(std::string_view key, std::string_view purpose) {
  MILLRACE_CHECK(key.size() == kSealKeyBytes);
  return hmac_sha256(key, purpose);
}

std::string nonce_of(std::string_view key, std::string_view context, std::string_view text) {
  std::string framed = std::to_string(context.size()) + ':';
  framed.append(context).append(text);
  return hmac_sha256(subkey(key, "millrace seal nonce"), framed).substr(0, kNonceBytes);
}

std::string padded(std::string_view text) {
  std::string out(text);
  out.push_back('\x80');
  out.resize((out.size() + kBlock - 1) / kBlock * kBlock, '\0');
  return out;
}

}  // namespace

std::string seal(std::string_view key, std::string_view context, std::string_view text) {
  const std::string nonce = nonce_of(key, context, text);
  const std::string under = subkey(key, "millrace seal text");
  const std::string plain = padded(text);
  std::string cipher(plain.size() + kTagBytes, '\0');
  unsigned long long length = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      bytes_of(cipher), &length, bytes_of(std::string_view(plain)), plain.size(), bytes_of(context),
      context.size(), nullptr, bytes_of(std::string_view(nonce)),
      bytes_of(std::string_view(under)));
  return to_base64url(nonce + cipher);
}

Result<std::string> unseal(std::string_view key, std::string_view context,
                           std::string_view sealed) {
  const auto refused = [] {
    return fail(Code::data_loss, "sealed text cannot be opened; is journal.key the right one?");
  };
  const std::string bytes = from_base64url(sealed);
  if (bytes.size() < kNonceBytes + kTagBytes) return refused();
  const std::string under = subkey(key, "millrace seal text");
  std::string plain(bytes.size() - kNonceBytes - kTagBytes, '\0');
  unsigned long long length = 0;
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      bytes_of(plain), &length, nullptr, bytes_of(std::string_view(bytes)) + kNonceBytes,
      bytes.size() - kNonceBytes, bytes_of(context), context.size(),
      bytes_of(std::string_view(bytes)), bytes_of(std::string_view(under)));
  const size_t end = plain.find_last_not_of('\0');
  if (failed != 0 || end == std::string::npos || plain[end] != '\x80') return refused();
  plain.resize(end);
  return plain;
}

}  // namespace millrace::base
