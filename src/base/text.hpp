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
// Without white space of any script and invisible characters at both ends (joiners, byte order
// marks, marks of direction): what pasting and phones' keyboards leave there.
std::string_view trim_blank(std::string_view text);
// The pieces between separators; "" gives one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);
// The pieces between white space of any script; none is empty.
std::vector<std::string_view> split_at_blanks(std::string_view text);
// ASCII letters only; for header names, keywords and the like.
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string to_ascii_lower(std::string_view text);
// Every letter of every script (ICU, root locale).
std::string to_lower(std::string_view text);

bool is_ascii(std::string_view text);
bool is_valid_utf8(std::string_view text);
// How many code points; the text must be valid UTF-8.
size_t utf8_length(std::string_view text);
// How many characters as people count them (extended grapheme clusters, UAX 29): a letter with its
// accents, a flag or a family is one. The text must be valid UTF-8.
size_t grapheme_count(std::string_view text);
// At most `max` code points of it, never half a one.
std::string_view utf8_prefix(std::string_view text, size_t max);
// What a person typed, made safe to keep: control characters other than newline and tab removed,
// trimmed as trim_blank() does.
std::string clean_user_text(std::string_view text);

// Lower case, with blanks and punctuation removed: how the platform's nodes compare labels
// ("Mac OS!" and "macos" are equal; reference: studio-and-action-nodes.md 6.7).
std::string squash(std::string_view text);

// The address as a mail server is asked to deliver to it (RFC 5321, 5322 3.2.3, 6531): as written,
// but for a host of other letters than ASCII's, which comes in Punycode (IDNA, UTS 46). nullopt
// unless it is one '@', a dot-atom of at most 64 bytes before it, of letters of any script, and a
// host name of at least two labels behind it whose last label is not all digits; 254 bytes in all.
// Quoted local parts, comments and address literals are refused on purpose.
std::optional<std::string> email_address(std::string_view text);
inline bool is_email_address(std::string_view text) {
  return email_address(text).has_value();
}

// How many bytes have to be put in, taken out or replaced to make one text of the other
// (Levenshtein). Takes time in proportion to the product of their lengths.
size_t edit_distance(std::string_view a, std::string_view b);

// Lower-case hexadecimal.
std::string to_hex(std::string_view bytes);
// nullopt unless it is an even number of hexadecimal digits.
std::optional<std::string> from_hex(std::string_view text);

}  // namespace millrace::base
