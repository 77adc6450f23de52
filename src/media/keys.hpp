// The keys of the store of files, for this room's files.
#pragma once

#include <string>
#include <string_view>

#include "base/id.hpp"

namespace millrace::media {

inline constexpr size_t kPageOfScan = 500;
// m/HASH: what is known of a file; b/HASH: its bytes; s/HASH: a picture made small, "" where there
// is none to be had; o/CONSUMER/HASH: who sent it.
inline constexpr std::string_view kAbout = "m/";
inline constexpr std::string_view kBytes = "b/";
inline constexpr std::string_view kSmall = "s/";
inline constexpr std::string_view kOwners = "o/";

inline std::string about_key(std::string_view hash) {
  return std::string(kAbout) + std::string(hash);
}
inline std::string bytes_key(std::string_view hash) {
  return std::string(kBytes) + std::string(hash);
}
inline std::string small_key(std::string_view hash) {
  return std::string(kSmall) + std::string(hash);
}
inline std::string owner_prefix(base::Id consumer) {
  return std::string(kOwners) + consumer.to_string() + "/";
}

}  // namespace millrace::media
