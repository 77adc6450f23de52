// Values of JSON written onto the end of a text, in the ways that json.hpp and json_plain.hpp have.
// For this room's files.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace millrace::json {

// How each byte stands in a text: 0 as it is, 'u' as \u00XX, else behind a backslash.
using Escapes = std::array<char, 256>;
// Those below 0x20, and `named`: pairs of a byte and what stands for it behind a backslash.
constexpr Escapes escapes_with(std::string_view named) {
  Escapes table{};
  for (size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  for (size_t i = 0; i < named.size(); i += 2) {
    table[static_cast<unsigned char>(named[i])] = named[i + 1];
  }
  return table;
}

// What is written in one way or another.
struct Style {
  Escapes escapes;
  void (*number)(std::string& out, double number);
};

void append(std::string& out, const value& v, const Style& style);
void append(std::string& out, const object& o, const Style& style);
// In quotes, escaped.
void append_text(std::string& out, std::string_view text, const Style& style);

}  // namespace millrace::json
