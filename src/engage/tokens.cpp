#include "engage/tokens.hpp"

#include "base/hash.hpp"

namespace millrace::engage {
namespace {

constexpr char kVersion = 2;
constexpr size_t kIdBytes = 16;
constexpr size_t kEndBytes = 8;
constexpr size_t kClaimBytes = 1 + 3 * kIdBytes + kEndBytes;
constexpr size_t kSignatureBytes = 32;

std::string sign(std::string_view key, std::string_view claim) {
  return base::hmac_sha256(key, std::string("access-token:") + std::string(claim));
}

// Big-endian.
std::string bytes_of(uint64_t number) {
  std::string bytes(kEndBytes, '\0');
  for (size_t i = 0; i < kEndBytes; ++i)
    bytes[kEndBytes - 1 - i] = static_cast<char>(number >> 8 * i);
  return bytes;
}

uint64_t number_of(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

}  // namespace

std::string make_token(std::string_view key, const Identity& identity) {
  std::string bytes(1, kVersion);
  bytes += identity.consumer.as_bytes();
  bytes += identity.chat.as_bytes();
  bytes += identity.app.as_bytes();
  bytes += bytes_of(static_cast<uint64_t>(identity.until.ms / 1'000));
  bytes += sign(key, bytes);
  return base::to_base64url(bytes);
}

std::optional<Identity> read_token(std::string_view key, std::string_view token,
                                   base::Timestamp now) {
  if (token.size() > 2 * (kClaimBytes + kSignatureBytes)) return std::nullopt;
  const std::string bytes = base::from_base64url(token);
  if (bytes.size() != kClaimBytes + kSignatureBytes || bytes[0] != kVersion) return std::nullopt;
  const std::string_view claim(bytes.data(), kClaimBytes);
  const std::string_view signature = std::string_view(bytes).substr(kClaimBytes);
  if (!base::equal_constant_time(sign(key, claim), signature)) return std::nullopt;
  const auto id = [&](size_t index) {
    return *base::Id::from_bytes(claim.substr(1 + index * kIdBytes, kIdBytes));
  };
  const auto seconds = static_cast<int64_t>(number_of(claim.substr(1 + 3 * kIdBytes)));
  const Identity identity{id(0), id(1), id(2), {seconds * 1'000}};
  if (identity.until <= now) return std::nullopt;
  return identity;
}

std::optional<std::string> token_of_subprotocol(std::string_view protocol) {
  constexpr std::string_view kPrefix = "base64url.bearer.phx.";
  if (!protocol.starts_with(kPrefix)) return std::nullopt;
  return base::from_base64url(protocol.substr(kPrefix.size()));
}

}  // namespace millrace::engage
