// By what Braze knows a user.
#pragma once

#include <algorithm>
#include <string_view>

namespace millrace::delivery::braze {

// The one that counts first stands first (reference: braze/users-track.md 5).
inline constexpr std::string_view kIdentifiers[] = {"external_id", "user_alias", "braze_id",
                                                    "email", "phone"};

inline bool is_identifier_name(std::string_view name) {
  return std::ranges::find(kIdentifiers, name) != std::end(kIdentifiers);
}

}  // namespace millrace::delivery::braze
