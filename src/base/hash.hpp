// Hashes and message authentication, on libsodium. Inputs and outputs are bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::base {

// 32 bytes.
std::string sha256(std::string_view bytes);
// 32 bytes; HMAC-SHA-256 under a key of any length.
std::string hmac_sha256(std::string_view key, std::string_view bytes);
// Tells bytes that were damaged, or belong to another `key`, from those that were written: quick,
// and no proof against whoever means harm (SipHash-2-4).
uint64_t checksum(uint64_t key, std::string_view bytes);
// In time that depends on the lengths alone.
bool equal_constant_time(std::string_view a, std::string_view b);
// RFC 4648 section 5, without padding.
std::string to_base64url(std::string_view bytes);
// "" when the text is not base64url.
std::string from_base64url(std::string_view text);

}  // namespace millrace::base
