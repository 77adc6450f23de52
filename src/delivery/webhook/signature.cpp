#include "delivery/webhook/signature.hpp"

#include <algorithm>

#include "base/hash.hpp"

namespace millrace::delivery::webhook {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr size_t kKeyBytesMin = 24;
constexpr size_t kKeyBytesMax = 64;

std::string to_base64(std::string_view bytes) {
  std::string out = base::to_base64url(bytes);
  std::ranges::replace(out, '-', '+');
  std::ranges::replace(out, '_', '/');
  while (out.size() % 4 != 0) out += '=';
  return out;
}

std::string from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string plain(text);
  std::ranges::replace(plain, '+', '-');
  std::ranges::replace(plain, '/', '_');
  return base::from_base64url(plain);
}

}  // namespace

base::Result<std::string> key_of(std::string_view secret) {
  std::string key;
  if (secret.starts_with(kPrefix)) key = from_base64(secret.substr(kPrefix.size()));
  if (key.size() >= kKeyBytesMin && key.size() <= kKeyBytesMax) return key;
  return base::fail(base::Code::invalid_argument,
                    "a webhook's secret is whsec_ and 24 to 64 bytes in base64");
}

std::string signature(std::span<const std::string> keys, std::string_view id, int64_t timestamp_s,
                      std::string_view body) {
  std::string content(id);
  content.append(".").append(std::to_string(timestamp_s)).append(".").append(body);
  std::string out;
  for (const std::string& key : keys) {
    if (!out.empty()) out += ' ';
    out += "v1," + to_base64(base::hmac_sha256(key, content));
  }
  return out;
}

}  // namespace millrace::delivery::webhook
