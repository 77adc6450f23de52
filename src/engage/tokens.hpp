// Access tokens of the Engagement API: who the consumer is, which chat is theirs, with which
// solution it began, and until when, under a signature. Checking one needs the key and nothing
// stored.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/time.hpp"

namespace millrace::engage {

struct Identity {
  base::Id consumer;
  base::Id chat;
  base::Id app;
  base::Timestamp until;  // whole seconds count
};

// base64url of version, consumer, chat, app, the end in seconds, and their HMAC-SHA-256 under the
// 32-byte key.
std::string make_token(std::string_view key, const Identity& identity);
// nullopt unless it was made with this key, whole and unchanged, and its time is not over. Tokens
// of the former version had no end; they are over.
std::optional<Identity> read_token(std::string_view key, std::string_view token,
                                   base::Timestamp now);

// The token in a subprotocol "base64url.bearer.phx.<base64 of the token>", if it is one.
std::optional<std::string> token_of_subprotocol(std::string_view protocol);

}  // namespace millrace::engage
