// Codes of an authenticator: RFC 6238 with what every such app understands, HMAC-SHA-1, six digits
// and steps of thirty seconds. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace millrace::access {

inline constexpr size_t kTotpSecretBytes = 20;
inline constexpr int kTotpStepSeconds = 30;

std::string totp_code(std::string_view secret, int64_t step);

// The step whose code this is: the present one, the one before or the one after. Codes of steps up
// to `used_step` have been used, and are none any more.
std::optional<int64_t> totp_step_of(std::string_view secret, std::string_view code,
                                    base::Timestamp now, int64_t used_step);

// RFC 4648 section 6, without padding.
std::string to_base32(std::string_view bytes);
// "otpauth://totp/Millrace:anna?secret=...": what a QR code for an authenticator holds.
std::string totp_uri(std::string_view secret, std::string_view user_name);

}  // namespace millrace::access
