#include "runtime/completion_token.hpp"

#include "base/hash.hpp"

namespace millrace::runtime {
namespace {

constexpr char kVersion = 1;
constexpr size_t kIdBytes = 16;
constexpr size_t kTimeBytes = 8;
constexpr size_t kHeadBytes = 1 + kIdBytes + kTimeBytes;
constexpr size_t kSignatureBytes = 16;
constexpr size_t kKeyBytesMax = 128;

std::string sign(std::string_view key, std::string_view claim) {
  return base::hmac_sha256(key, "completion:" + std::string(claim)).substr(0, kSignatureBytes);
}

}  // namespace

std::string make_completion_token(std::string_view key, const Completion& completion) {
  std::string bytes(1, kVersion);
  bytes += completion.consumer.as_bytes();
  for (size_t i = 0; i < kTimeBytes; ++i) {
    bytes.push_back(static_cast<char>(static_cast<uint64_t>(completion.until.ms) >> (8 * i)));
  }
  bytes += completion.call_key;
  return base::to_base64url(bytes + sign(key, bytes));
}

std::optional<Completion> read_completion_token(std::string_view key, std::string_view token) {
  constexpr size_t kBytesMax = kHeadBytes + kKeyBytesMax + kSignatureBytes;
  if (token.size() > 2 * kBytesMax) return std::nullopt;
  const std::string bytes = base::from_base64url(token);
  if (bytes.size() <= kHeadBytes + kSignatureBytes || bytes.size() > kBytesMax) return std::nullopt;
  const std::string_view claim(bytes.data(), bytes.size() - kSignatureBytes);
  const std::string_view signature = std::string_view(bytes).substr(claim.size());
  if (claim[0] != kVersion || !base::equal_constant_time(sign(key, claim), signature)) {
    return std::nullopt;
  }
  uint64_t until = 0;
  for (size_t i = 0; i < kTimeBytes; ++i) {
    until |= uint64_t{static_cast<uint8_t>(claim[1 + kIdBytes + i])} << (8 * i);
  }
  return Completion{*base::Id::from_bytes(claim.substr(1, kIdBytes)),
                    {static_cast<int64_t>(until)},
                    std::string(claim.substr(kHeadBytes))};
}

}  // namespace millrace::runtime
