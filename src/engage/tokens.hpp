// Access tokens of the Engagement API: who the consumer is and which chat is theirs, under a
// signature. Checking one needs the key and nothing stored.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"

namespace millrace::engage {

struct Identity {
  base::Id consumer;
  base::Id chat;
};

// base64url of version, consumer, chat and their HMAC-SHA-256 under the 32-byte key.
std::string make_token(std::string_view key, const Identity& identity);
// nullopt unless it was made with this key, whole and unchanged.
std::optional<Identity> read_token(std::string_view key, std::string_view token);

}  // namespace millrace::engage
