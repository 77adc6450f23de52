#include "access/password.hpp"

#include <sodium.h>

#include <array>
#include <set>

#include "base/text.hpp"

namespace millrace::access {

using base::Code;
using base::fail;

base::Result<void> check_password(std::string_view password, std::string_view user_name) {
  constexpr size_t kDifferentMin = 5;
  if (password.size() > kPasswordBytesMax || !base::is_valid_utf8(password)) {
    return fail(Code::invalid_argument, "a password is text of at most 1,024 bytes");
  }
  if (base::utf8_length(password) < kPasswordLengthMin) {
    return fail(Code::invalid_argument, "a password has at least 12 characters; take a sentence");
  }
  if (std::set(password.begin(), password.end()).size() < kDifferentMin) {
    return fail(Code::invalid_argument, "a password has at least 5 different characters");
  }
  const std::string lower = base::to_lower(password);
  if (!user_name.empty() && lower == base::to_lower(user_name)) {
    return fail(Code::invalid_argument, "a password is not the name of its owner");
  }
  return {};
}

base::Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (sodium_init() < 0 ||
      crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), cost.passes,
                            cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(Code::resource_exhausted, "there is no memory to hash a password");
  }
  return std::string(hash.data());
}

bool is_password(std::string_view hash, std::string_view password) {
  const std::string kept(hash);  // with its zero
  return sodium_init() >= 0 &&
         crypto_pwhash_str_verify(kept.c_str(), password.data(), password.size()) == 0;
}

bool is_outdated(std::string_view hash, const PasswordCost& cost) {
  const std::string kept(hash);
  return crypto_pwhash_str_needs_rehash(kept.c_str(), cost.passes, cost.memory_bytes) != 0;
}

}  // namespace millrace::access
