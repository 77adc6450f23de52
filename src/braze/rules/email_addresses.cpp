#include "braze/rules/email_addresses.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

#include "base/text.hpp"

namespace millrace::braze {

// ICANN's, one a line, as the public suffix list has them (room.cmake).
extern const std::string_view kTopLevelDomains;

namespace {

constexpr size_t kBytesMax = 1'024;  // ours: none is published
constexpr size_t kLabelMax = 63;

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_figure(char c) {
  return c >= '0' && c <= '9';
}
// \w of an expression that knows ASCII alone.
bool is_word(char c) {
  return is_ascii_letter(c) || is_figure(c) || c == '_';
}

// \A\w[\-\w]*(?:\.[\-\w]+)*\z
bool is_microsoft_local(std::string_view local) {
  if (local.empty() || !is_word(local.front())) return false;
  return std::ranges::all_of(base::split(local, '.'), [](std::string_view part) {
    return !part.empty() &&
           std::ranges::all_of(part, [](char c) { return is_word(c) || c == '-'; });
  });
}

// [\p{L}\p{N}_\-]
bool is_plain(UChar32 c) {
  return c == '_' || c == '-' || (U_MASK(u_charType(c)) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
}

// \A[\p{L}\p{N}_\-](?:[\.\+\'\p{L}\p{N}_&#\/\-]*[\p{L}\p{N}_\-])?\z
bool is_local(std::string_view local) {
  constexpr std::string_view kInside = ".+'&#/";
  const auto length = static_cast<int32_t>(local.size());
  bool is_last_plain = false;
  for (int32_t at = 0; at < length;) {
    const bool is_first = at == 0;
    UChar32 c = 0;
    U8_NEXT(local.data(), at, length, c);
    if (c < 0) return false;
    is_last_plain = is_plain(c);
    const bool is_inside = c < 0x80 && kInside.contains(static_cast<char>(c));
    if (!is_last_plain && (is_first || !is_inside)) return false;
  }
  return is_last_plain;
}

bool is_label(std::string_view label) {
  const auto is_edge = [](char c) { return is_ascii_letter(c) || is_figure(c); };
  return !label.empty() && label.size() <= kLabelMax && is_edge(label.front()) &&
         is_edge(label.back()) &&
         std::ranges::all_of(label, [&](char c) { return is_edge(c) || c == '-'; });
}

// Those of other letters in Punycode, as hosts come.
const std::unordered_set<std::string>& top_level_domains() {
  static const std::unordered_set<std::string> all = [] {
    std::unordered_set<std::string> domains;
    constexpr std::string_view kAnybody = "a@a.";
    for (const std::string_view name : base::split(base::trim(kTopLevelDomains), '\n')) {
      const auto address = base::email_address(std::string(kAnybody).append(name));
      if (address) domains.insert(address->substr(kAnybody.size()));
    }
    return domains;
  }();
  return all;
}

// At least two labels, the last a top-level domain, which no IP address has.
bool is_host(const std::string& host) {
  const auto labels = base::split(host, '.');
  return labels.size() >= 2 && std::ranges::all_of(labels, is_label) &&
         top_level_domains().contains(std::string(labels.back()));
}

bool is_microsoft(std::string_view host) {
  constexpr std::array<std::string_view, 4> kNames{"msn", "hotmail", "outlook", "live"};
  return std::ranges::any_of(kNames, [&](std::string_view name) { return host.contains(name); });
}

}  // namespace

bool is_email(std::string_view text) {
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos || text.size() > kBytesMax) return false;
  const std::string_view local = text.substr(0, at);
  const std::string host = base::to_ascii_lower(text.substr(at + 1));
  if (!is_local(local) || !is_host(host)) return false;
  if (is_microsoft(host)) return is_microsoft_local(local.substr(0, local.find('+')));
  const bool is_gmail = host == "gmail.com" || host == "googlemail.com";
  return !is_gmail || base::utf8_length(local) >= 2;
}

}  // namespace millrace::braze
