#include "storage/at_rest/page_cipher.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "base/result.hpp"

namespace millrace::storage {
namespace {

static_assert(kKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(kKeyBytes == crypto_kdf_KEYBYTES);
static_assert(kNonceBytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);

constexpr char kPurpose[crypto_kdf_CONTEXTBYTES + 1] = "mr-files";
constexpr size_t kReadableAt = 16;  // of page 1
constexpr size_t kSealedFrom = 24;
constexpr size_t kChecksumAt = 16;  // of a frame's head

unsigned char* bytes_of(char* text) {
  return reinterpret_cast<unsigned char*>(text);
}
const unsigned char* bytes_of(const char* text) {
  return reinterpret_cast<const unsigned char*>(text);
}

// What a page is bound to.
struct Bound {
  std::array<char, 16> bytes{};
  size_t sealed_from = 0;  // what stands before is readable
};

Bound bound_to(std::span<const char> page, PagePlace place) {
  Bound bound;
  bound.bytes[0] = static_cast<char>(place.file);
  std::memcpy(bound.bytes.data() + 4, &place.number, sizeof place.number);
  if (place.file == PageOf::database && place.number == 1) {
    bound.sealed_from = kSealedFrom;
    std::memcpy(bound.bytes.data() + 8, page.data() + kReadableAt, kSealedFrom - kReadableAt);
  }
  return bound;
}

}  // namespace

Key::Key(std::string_view bytes) {
  MILLRACE_CHECK(bytes.size() == kKeyBytes);
  std::ranges::copy(bytes, bytes_.begin());
}

Key::~Key() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

Key Key::derived(std::string_view name) const {
  uint64_t id = 0;
  static_assert(sizeof id <= crypto_generichash_BYTES);
  unsigned char hash[crypto_generichash_BYTES];
  crypto_generichash(hash, sizeof hash, bytes_of(name.data()), name.size(), nullptr, 0);
  std::memcpy(&id, hash, sizeof id);
  Key key;
  crypto_kdf_derive_from_key(key.bytes_.data(), key.bytes_.size(), id, kPurpose, bytes_.data());
  return key;
}

Nonces::Nonces() {
  randombytes_buf(own_.data(), own_.size());
}

std::array<unsigned char, kNonceBytes> Nonces::next() {
  std::array<unsigned char, kNonceBytes> nonce{};
  std::ranges::copy(own_, nonce.begin());
  ++count_;
  std::memcpy(nonce.data() + own_.size(), &count_, sizeof count_);
  return nonce;
}

PageCipher::PageCipher(const Key& key) : key_(key.derived("pages")) {
  static const int is_ready = sodium_init();  // else the slowest code for this machine is taken
  MILLRACE_CHECK(is_ready >= 0);
  const Key masking = key.derived("checksums");
  static_assert(std::tuple_size_v<decltype(mask_key_)> == crypto_shorthash_KEYBYTES);
  std::copy_n(masking.data(), mask_key_.size(), mask_key_.begin());
}

void PageCipher::seal(std::span<char> page, PagePlace place) {
  const Bound bound = bound_to(page, place);
  const auto sealed = page.subspan(bound.sealed_from);
  char* const reserved = page.data() + page.size() - kReservedBytes;
  const auto nonce = nonces_.next();
  crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
      bytes_of(sealed.data()), bytes_of(reserved + kNonceBytes), nullptr, bytes_of(sealed.data()),
      sealed.size() - kReservedBytes, bytes_of(bound.bytes.data()), bound.bytes.size(), nullptr,
      nonce.data(), key_.data());
  std::memcpy(reserved, nonce.data(), nonce.size());
  if (bound.sealed_from != 0) std::ranges::copy(kSealedMagic, page.begin());
}

bool PageCipher::open(std::span<char> page, PagePlace place) const {
  const Bound bound = bound_to(page, place);
  const auto sealed = page.subspan(bound.sealed_from);
  char* const reserved = page.data() + page.size() - kReservedBytes;
  const bool is_ours =
      crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
          bytes_of(sealed.data()), nullptr, bytes_of(sealed.data()), sealed.size() - kReservedBytes,
          bytes_of(reserved + kNonceBytes), bytes_of(bound.bytes.data()), bound.bytes.size(),
          bytes_of(reserved), key_.data()) == 0;
  if (!is_ours) {
    std::ranges::fill(page, '\0');
    return false;
  }
  std::fill_n(reserved, kReservedBytes, '\0');
  if (bound.sealed_from != 0) std::ranges::copy(kClearMagic, page.begin());
  return true;
}

void PageCipher::mask(std::span<char, kFrameHeadBytes> head, uint64_t number) const {
  unsigned char bound[kChecksumAt + sizeof number];
  std::memcpy(bound, head.data(), kChecksumAt);
  std::memcpy(bound + kChecksumAt, &number, sizeof number);
  unsigned char mask[crypto_shorthash_BYTES];
  static_assert(sizeof mask == kFrameHeadBytes - kChecksumAt);
  crypto_shorthash(mask, bound, sizeof bound, mask_key_.data());
  for (size_t i = 0; i < sizeof mask; ++i) {
    head[kChecksumAt + i] = static_cast<char>(head[kChecksumAt + i] ^ static_cast<char>(mask[i]));
  }
}

uint32_t page_number(std::span<const char, kFrameHeadBytes> head) {
  uint32_t number = 0;
  std::memcpy(&number, head.data(), sizeof number);
  return __builtin_bswap32(number);
}

std::string seal_bytes(const Key& key, Nonces& nonces, std::string_view place,
                       std::string_view text) {
  const auto nonce = nonces.next();
  std::string sealed(kNonceBytes + text.size() + kTagBytes, '\0');
  std::memcpy(sealed.data(), nonce.data(), nonce.size());
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      bytes_of(sealed.data() + kNonceBytes), nullptr, bytes_of(text.data()), text.size(),
      bytes_of(place.data()), place.size(), nullptr, nonce.data(), key.data());
  return sealed;
}

std::optional<std::string> open_bytes(const Key& key, std::string_view place,
                                      std::string_view sealed) {
  if (sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  std::string text(sealed.size() - kNonceBytes - kTagBytes, '\0');
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      bytes_of(text.data()), nullptr, nullptr, bytes_of(sealed.data() + kNonceBytes),
      sealed.size() - kNonceBytes, bytes_of(place.data()), place.size(), bytes_of(sealed.data()),
      key.data());
  if (opened != 0) return std::nullopt;
  return text;
}

}  // namespace millrace::storage
