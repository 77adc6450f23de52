#include "flow/yaml_text.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace millrace::flow {
namespace {

bool is_plain_safe(std::string_view text, bool in_flow) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`=";
  const bool dash_word = text.front() == '-' && text.size() > 1 && text[1] != ' ';
  if (kIndicators.contains(text.front()) && !dash_word) return false;
  if (text.back() == ':' || text.contains(": ") || text.contains(" #")) return false;
  if (text.starts_with("---") || text.starts_with("...")) return false;
  if (in_flow && text.find_first_of(",[]{}:?") != std::string_view::npos) return false;
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7f;
  });
}

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out.push_back('\'');
    out.push_back(c);
  }
  return out + "'";
}

std::string double_quoted(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += std::string("\\") + c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += std::string("\\x") + kDigits[byte >> 4] + kDigits[byte & 15];
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

bool has_odd_bytes(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

// A literal block keeps such a text byte for byte: no blanks that begin or end a line oddly.
bool fits_block(std::string_view text) {
  if (!text.contains('\n') || text.front() == ' ' || text.front() == '\n') return false;
  if (text.back() == '\n') return false;
  for (const std::string_view line : base::split(text, '\n')) {
    if (has_odd_bytes(line) || line.ends_with(' ')) return false;
  }
  return true;
}

}  // namespace

bool reads_as_typed(std::string_view text) {
  if (text == "true" || text == "false" || text == "null" || text == "~" || text.empty()) {
    return true;
  }
  int64_t whole = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), whole);
  return code == std::errc() && end == text.data() + text.size() && std::to_string(whole) == text;
}

std::string yaml_inline(std::string_view text, bool quoted) {
  if (!quoted && is_plain_safe(text, true)) return std::string(text);
  return has_odd_bytes(text) ? double_quoted(text) : single_quoted(text);
}

std::string yaml_scalar(std::string_view text, size_t indent, bool quoted) {
  if (!quoted && is_plain_safe(text, false)) return std::string(text);
  if (!text.empty() && fits_block(text)) {
    std::string out = "|-";
    for (const std::string_view line : base::split(text, '\n')) {
      out.push_back('\n');
      if (!line.empty()) out += std::string(indent + 2, ' ') + std::string(line);
    }
    return out;
  }
  return has_odd_bytes(text) ? double_quoted(text) : single_quoted(text);
}

}  // namespace millrace::flow
