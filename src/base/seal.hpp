// Sealing: what must be kept and not be read. XChaCha20-Poly1305 under a key of 32 bytes, padded so
// that the length says little. The nonce is a keyed hash of the context and the text, so that the
// same input gives the same bytes and nothing here needs chance: two seals of one text in one
// context are equal, and nothing else can be told from them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace millrace::base {

inline constexpr size_t kSealKeyBytes = 32;

// `context` says where the text belongs ("chat:turn:field"); opening it elsewhere fails. The answer
// is base64url. The key must have kSealKeyBytes bytes.
std::string seal(std::string_view key, std::string_view context, std::string_view text);

// data_loss: not sealed under this key and context, or not whole.
Result<std::string> unseal(std::string_view key, std::string_view context, std::string_view sealed);

}  // namespace millrace::base
