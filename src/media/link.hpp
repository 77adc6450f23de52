// The address of a file: signed over what it is, under which name and until when. Whoever has it
// may read the file, and nobody can make another one. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace millrace::media {

inline constexpr std::string_view kLinkPath = "/media/v1/";

struct Link {
  std::string hash;  // 32 bytes
  std::string type;
  std::string name;
  base::Timestamp until;  // whole seconds count
};

// "/media/v1/TOKEN/NAME", escaped; the token is base64url of it all with its HMAC-SHA-256 under the
// 32-byte key.
std::string make_link(std::string_view key, const Link& link);
// Of the token and the name, as they stand in the path, decoded. nullopt unless they were made with
// this key; whether the link is over is for the caller to look at.
std::optional<Link> read_link(std::string_view key, std::string_view token, std::string_view name);
// Of a whole address that ends in such a path.
std::optional<Link> link_in(std::string_view key, std::string_view text);

}  // namespace millrace::media
