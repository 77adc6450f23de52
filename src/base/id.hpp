// 16-byte identifiers, written as UUIDs. Made from bytes that come in; nothing here is random.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace millrace::base {

struct Id {
  std::array<uint8_t, 16> bytes{};

  // "018f2c9e-....", lower case.
  std::string to_string() const;
  std::string_view as_bytes() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  bool is_nil() const { return *this == Id{}; }
  auto operator<=>(const Id&) const = default;

  // Reads the 36-character form, either case; nullopt otherwise.
  static std::optional<Id> parse(std::string_view text);
  static std::optional<Id> from_bytes(std::string_view bytes);
  // UUID version 7 (RFC 9562): 48 bits of time, then ten random bytes. Ids made later sort later.
  static Id version7(Timestamp at, std::array<uint8_t, 10> random);
  // UUID version 8 over SHA-256 of a kind and a name: the same name always gives the same id.
  static Id derived(std::string_view kind, std::string_view name);
};

struct IdHash {
  size_t operator()(const Id& id) const noexcept;
};

}  // namespace millrace::base
