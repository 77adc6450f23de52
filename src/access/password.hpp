// Passwords: which ones are taken, and how they are kept (Argon2id, by libsodium).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace millrace::access {

inline constexpr size_t kPasswordLengthMin = 12;  // code points
inline constexpr size_t kPasswordBytesMax = 1'024;

// What one guess costs. The default is 64 MiB and three passes: about a sixth of a second.
struct PasswordCost {
  unsigned long long passes = 3;
  size_t memory_bytes = 64U << 20;
};

// invalid_argument, with what a person can do about it.
base::Result<void> check_password(std::string_view password, std::string_view user_name);

// "$argon2id$..."; resource_exhausted when there is no memory for it.
base::Result<std::string> hash_password(std::string_view password, const PasswordCost& cost);
// As slow whether it is right or not.
bool is_password(std::string_view hash, std::string_view password);
// It was made at another cost, and should be made anew when the password is at hand.
bool is_outdated(std::string_view hash, const PasswordCost& cost);

}  // namespace millrace::access
