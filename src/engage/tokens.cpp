#include "engage/tokens.hpp"

#include "base/hash.hpp"

namespace millrace::engage {
namespace {

constexpr char kVersion = 1;
constexpr size_t kIdBytes = 16;
constexpr size_t kClaimBytes = 1 + 2 * kIdBytes;
constexpr size_t kSignatureBytes = 32;

std::string sign(std::string_view key, std::string_view claim) {
  return base::hmac_sha256(key, std::string("access-token:") + std::string(claim));
}

}  // namespace

std::string make_token(std::string_view key, const Identity& identity) {
  std::string bytes(1, kVersion);
  bytes += identity.consumer.as_bytes();
  bytes += identity.chat.as_bytes();
  bytes += sign(key, bytes);
  return base::to_base64url(bytes);
}

std::optional<Identity> read_token(std::string_view key, std::string_view token) {
  if (token.size() > 2 * (kClaimBytes + kSignatureBytes)) return std::nullopt;
  const std::string bytes = base::from_base64url(token);
  if (bytes.size() != kClaimBytes + kSignatureBytes || bytes[0] != kVersion) return std::nullopt;
  const std::string_view claim(bytes.data(), kClaimBytes);
  const std::string_view signature = std::string_view(bytes).substr(kClaimBytes);
  if (!base::equal_constant_time(sign(key, claim), signature)) return std::nullopt;
  return Identity{*base::Id::from_bytes(claim.substr(1, kIdBytes)),
                  *base::Id::from_bytes(claim.substr(1 + kIdBytes, kIdBytes))};
}

}  // namespace millrace::engage
