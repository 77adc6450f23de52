#include "access/totp.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/hash.hpp"

namespace millrace::access {
namespace {

constexpr size_t kDigits = 6;
constexpr uint32_t kCodes = 1'000'000;

}  // namespace

std::string totp_code(std::string_view secret, int64_t step) {
  std::array<unsigned char, 8> counter{};
  auto rest = static_cast<uint64_t>(step);
  for (size_t i = counter.size(); i-- > 0; rest >>= 8U) {
    counter[i] = static_cast<unsigned char>(rest & 0xFFU);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int length = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(),
       mac.data(), &length);
  const size_t at = mac[length - 1] & 0x0FU;  // RFC 4226 5.3
  const uint32_t number = (static_cast<uint32_t>(mac[at] & 0x7FU) << 24U) |
                          (static_cast<uint32_t>(mac[at + 1]) << 16U) |
                          (static_cast<uint32_t>(mac[at + 2]) << 8U) | mac[at + 3];
  const std::string digits = std::to_string(number % kCodes);
  return std::string(kDigits - digits.size(), '0') + digits;
}

std::optional<int64_t> totp_step_of(std::string_view secret, std::string_view code,
                                    base::Timestamp now, int64_t used_step) {
  const int64_t present = now.ms / (kTotpStepSeconds * int64_t{1'000});
  std::optional<int64_t> found;
  for (const int64_t step : {present, present - 1, present + 1}) {
    const bool is_right = base::equal_constant_time(totp_code(secret, step), code);
    if (is_right && step > used_step && !found) found = step;
  }
  return found;
}

std::string to_base32(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8U) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) out.push_back(kAlphabet[(buffer >> (bits - 5)) & 31U]);
  }
  if (bits > 0) out.push_back(kAlphabet[(buffer << (5 - bits)) & 31U]);
  return out;
}

std::string totp_uri(std::string_view secret, std::string_view user_name) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string name;
  for (const char c : user_name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    if (is_plain) {
      name.push_back(c);
    } else {
      name += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return "otpauth://totp/Millrace:" + name + "?secret=" + to_base32(secret) +
         "&issuer=Millrace&algorithm=SHA1&digits=6&period=30";
}

}  // namespace millrace::access
