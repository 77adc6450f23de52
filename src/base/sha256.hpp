// SHA-256 of the parts of a text, for this room's files.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace millrace::base {

// Of the parts one behind the other.
std::array<uint8_t, 32> sha256_of(std::initializer_list<std::string_view> parts);

}  // namespace millrace::base
