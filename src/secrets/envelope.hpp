// Sealing with a random nonce: XChaCha20-Poly1305 under a key of 32 bytes, padded so that the
// length says little, with the place the text belongs to as associated data.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace millrace::secrets {

std::string new_key();
// A short name by which a key is found again; says nothing about it.
std::string key_id(std::string_view key);

// base64url.
std::string seal(std::string_view key, std::string_view place, std::string_view text);
// data_loss: sealed under another key or for another place, or not whole.
base::Result<std::string> open(std::string_view key, std::string_view place,
                               std::string_view sealed);

}  // namespace millrace::secrets
