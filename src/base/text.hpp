// Pure helpers on UTF-8 text, and the one rule for e-mail addresses that the conversation and the
// Braze sandbox share.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::base {

// Without ASCII white space at both ends.
std::string_view trim(std::string_view text);
// The pieces between separators; "" gives one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);
// ASCII letters only; for header names, keywords and the like.
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string to_ascii_lower(std::string_view text);
// Every letter of every script (ICU, root locale).
std::string to_lower(std::string_view text);

bool is_valid_utf8(std::string_view text);
// How many code points; the text must be valid UTF-8.
size_t utf8_length(std::string_view text);
// At most `max` code points of it, never half a one.
std::string_view utf8_prefix(std::string_view text, size_t max);
// What a person typed, made safe to keep: control characters other than newline and tab removed,
// white space trimmed at both ends.
std::string clean_user_text(std::string_view text);

// Lower case, with blanks and punctuation removed: how the platform's nodes compare labels
// ("Mac OS!" and "macos" are equal; reference: studio-and-action-nodes.md 6.7).
std::string squash(std::string_view text);

// True for an address a mail server could be asked to deliver to: one '@', a dot-atom of at most
// 64 bytes before it (RFC 5321 4.5.3.1.1, RFC 5322 3.2.3), a host name of at least two labels
// behind it whose last label is not all digits, 254 bytes in all. Quoted local parts, comments and
// address literals are refused on purpose.
bool is_email_address(std::string_view text);

// How many bytes have to be put in, taken out or replaced to make one text of the other
// (Levenshtein). Takes time in proportion to the product of their lengths.
size_t edit_distance(std::string_view a, std::string_view b);

// Lower-case hexadecimal.
std::string to_hex(std::string_view bytes);
// nullopt unless it is an even number of hexadecimal digits.
std::optional<std::string> from_hex(std::string_view text);

}  // namespace millrace::base
