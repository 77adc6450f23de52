#include "base/id.hpp"

#include <algorithm>
#include <cstring>

#include "base/sha256.hpp"
#include "base/text.hpp"

namespace millrace::base {

std::string Id::to_string() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out(36, '-');
  size_t at = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;  // a dash
    out[at++] = kDigits[bytes[i] >> 4];
    out[at++] = kDigits[bytes[i] & 15];
  }
  return out;
}

std::optional<Id> Id::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string hex;
  hex.reserve(32);
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (!dash) hex.push_back(text[i]);
  }
  const auto bytes = from_hex(hex);
  if (!bytes) return std::nullopt;
  return from_bytes(*bytes);
}

std::optional<Id> Id::from_bytes(std::string_view bytes) {
  Id id;
  if (bytes.size() != id.bytes.size()) return std::nullopt;
  std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
  return id;
}

Id Id::version7(Timestamp at, std::array<uint8_t, 10> random) {
  Id id;
  const auto ms = static_cast<uint64_t>(at.ms);
  for (size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<uint8_t>(ms >> (8 * (5 - i)));
  std::ranges::copy(random, id.bytes.begin() + 6);
  id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0F) | 0x70);
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return id;
}

Id Id::derived(std::string_view kind, std::string_view name) {
  const auto digest = sha256_of({kind, std::string_view("\0", 1), name});
  Id id;
  std::memcpy(id.bytes.data(), digest.data(), id.bytes.size());
  id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0F) | 0x80);
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return id;
}

size_t IdHash::operator()(const Id& id) const noexcept {
  // The last eight bytes are random or a digest; the first eight are a time.
  size_t value = 0;
  std::memcpy(&value, id.bytes.data() + 8, sizeof value);
  return value;
}

}  // namespace millrace::base
