// What reading pairs has in common: one by its key, and ranges of keys that begin alike. For the
// files of this room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/sqlite/sqlite.hpp"

namespace millrace::storage {

// The value that `select`, which takes a key, finds; nullopt: none.
inline base::Result<std::optional<std::string>> value_of(Statement& select, std::string_view key) {
  const auto row = select.bind_blob(1, key).step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  std::optional<std::string> value{std::string(select.bytes(0))};
  select.reset();
  return value;
}

// The least key that is greater than every key with this prefix; "" when there is none.
inline std::string end_of_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xFF) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace millrace::storage
