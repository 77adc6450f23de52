// Ranges of keys that begin alike, for the files of this room only.
#pragma once

#include <string>
#include <string_view>

namespace millrace::storage {

// The least key that is greater than every key with this prefix; "" when there is none.
inline std::string end_of_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xFF) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace millrace::storage
