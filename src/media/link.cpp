#include "media/link.hpp"

#include "base/escape.hpp"
#include "base/hash.hpp"
#include "base/web/web.hpp"

namespace millrace::media {
namespace {

constexpr char kVersion = 1;
constexpr size_t kHashBytes = 32;
constexpr size_t kEndBytes = 8;
constexpr size_t kHeadBytes = 1 + kEndBytes + kHashBytes;
constexpr size_t kSignatureBytes = 32;
constexpr size_t kTypeMax = 100;
constexpr size_t kLinkMax = 2'048;

std::string sign(std::string_view key, std::string_view claim, std::string_view name) {
  return base::hmac_sha256(key, "media-link:" + std::string(claim) + "\n" + std::string(name));
}

}  // namespace

std::string make_link(std::string_view key, const Link& link) {
  std::string claim(1, kVersion);
  const auto seconds = static_cast<uint64_t>(link.until.ms / 1'000);
  for (size_t i = kEndBytes; i > 0; --i) claim += static_cast<char>(seconds >> 8 * (i - 1));
  claim += link.hash;
  claim += link.type;
  const std::string token = base::to_base64url(claim + sign(key, claim, link.name));
  return std::string(kLinkPath) + token + "/" + base::percent_encode(link.name);
}

std::optional<Link> read_link(std::string_view key, std::string_view token, std::string_view name) {
  if (token.size() > kLinkMax || name.size() > kLinkMax) return std::nullopt;
  const std::string bytes = base::from_base64url(token);
  if (bytes.size() < kHeadBytes + kSignatureBytes || bytes[0] != kVersion) return std::nullopt;
  const std::string_view claim(bytes.data(), bytes.size() - kSignatureBytes);
  if (claim.size() > kHeadBytes + kTypeMax) return std::nullopt;
  const std::string_view signature = std::string_view(bytes).substr(claim.size());
  if (!base::equal_constant_time(sign(key, claim, name), signature)) return std::nullopt;
  uint64_t seconds = 0;
  for (const char c : claim.substr(1, kEndBytes)) seconds = seconds << 8 | static_cast<uint8_t>(c);
  return Link{std::string(claim.substr(1 + kEndBytes, kHashBytes)),
              std::string(claim.substr(kHeadBytes)),
              std::string(name),
              {static_cast<int64_t>(seconds) * 1'000}};
}

std::optional<Link> link_in(std::string_view key, std::string_view text) {
  if (text.size() > kLinkMax || !text.starts_with("http")) return std::nullopt;
  const auto at = text.find(kLinkPath);
  if (at == text.npos) return std::nullopt;
  const std::string_view rest = text.substr(at + kLinkPath.size());
  const auto slash = rest.find('/');
  if (slash == rest.npos) return std::nullopt;
  return read_link(key, rest.substr(0, slash), web::percent_decode(rest.substr(slash + 1), false));
}

}  // namespace millrace::media
