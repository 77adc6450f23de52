// Addresses and numbers with check digits.
#include <algorithm>

#include "base/text.hpp"
#include "nlu/entities/reading.hpp"

namespace millrace::nlu {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The token after the last one that begins before a byte of the text.
size_t token_at(const Reading& in, size_t i, size_t byte) {
  while (i < in.tokens.size() && in.tokens[i].begin < byte) ++i;
  return i;
}

// The bytes from a token on up to white space, without what ends a sentence.
std::string_view run_from(const Reading& in, size_t i) {
  size_t last = i;
  while (in.is_glued(last + 1)) ++last;
  std::string_view run =
      in.text.substr(in.tokens[i].begin, in.tokens[last].end - in.tokens[i].begin);
  while (!run.empty() && std::string_view(".,;:!?)>]}'\"").contains(run.back())) {
    run.remove_suffix(1);
  }
  return run;
}

bool is_first_of_run(const Reading& in, size_t i) {
  return !in.is_glued(i) || in.tokens[i - 1].is_mark;
}

std::optional<Hit> read_email(const Reading& in, size_t i) {
  if (!is_first_of_run(in, i)) return std::nullopt;
  std::string_view run = run_from(in, i);
  const size_t at = run.find('@');
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  const size_t bad = run.find_first_of(" ,;:!?()<>[]\"/\\", 0);
  run = run.substr(0, bad);
  while (run.ends_with('.')) run.remove_suffix(1);
  const auto address = base::email_address(run);
  if (!address) return std::nullopt;
  return Hit{token_at(in, i, in.tokens[i].begin + run.size()), EntityKind::email, *address, {}};
}

bool is_host(std::string_view host) {
  constexpr std::string_view kEnds =
      "|com|org|net|edu|gov|io|app|dev|info|pt|br|es|fr|de|uk|us|eu|co|mx|ar|cl|ch|at|be|ca|me|";
  const size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || host.contains("..")) return false;
  const auto is_of_host = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.'; };
  if (!std::ranges::all_of(host, is_of_host) || !is_letter_or_digit(host[0])) return false;
  return kEnds.contains("|" + base::to_ascii_lower(host.substr(dot + 1)) + "|");
}

std::optional<Hit> read_url(const Reading& in, size_t i) {
  if (!is_first_of_run(in, i) || in.tokens[i].is_mark) return std::nullopt;
  const std::string_view run = run_from(in, i);
  std::string_view rest = run;
  const bool has_scheme = in.at(i + 1) == ":" && (in.at(i) == "http" || in.at(i) == "https");
  if (has_scheme) rest = rest.substr(std::min(rest.size(), in.at(i).size() + 3));
  const size_t end = std::min(rest.find_first_of("/?#:"), rest.size());
  const std::string_view host = rest.substr(0, end);
  if (has_scheme ? host.empty() || !run.contains("://") : !is_host(host) || run.contains('@')) {
    return std::nullopt;
  }
  std::string value = has_scheme ? std::string(run) : "https://" + std::string(run);
  return Hit{token_at(in, i, in.tokens[i].begin + run.size()), EntityKind::url, value, {}};
}

// Letters and digits with single blanks, dots, dashes or slashes between them.
struct Chars {
  std::string upper;
  std::vector<size_t> ends;  // for each of them the token behind its own; 0 within a token
};

Chars chars_from(const Reading& in, size_t i, size_t most) {
  Chars out;
  for (size_t t = i; t < in.tokens.size() && out.upper.size() < most; ++t) {
    const Token& token = in.tokens[t];
    const std::string_view raw = in.text.substr(token.begin, token.end - token.begin);
    const bool is_near = t == i || token.begin - in.tokens[t - 1].end <= 1;
    if (!is_near) break;
    if (token.is_mark) {
      if (raw != "." && raw != "-" && raw != "/") break;
      continue;
    }
    if (!std::ranges::all_of(raw, is_letter_or_digit)) break;
    for (const char c : raw) {
      out.upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      out.ends.push_back(0);
    }
    out.ends.back() = t + 1;
  }
  return out;
}

bool is_all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    int d = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) d = d * 2 > 9 ? d * 2 - 9 : d * 2;
    sum += d;
  }
  return sum % 10 == 0;
}

bool is_card(std::string_view digits) {
  return digits.size() >= 13 && digits.size() <= 19 && digits[0] >= '2' && digits[0] <= '6' &&
         passes_luhn(digits);
}

bool is_cpf(std::string_view digits) {
  if (digits.size() != 11 || digits.find_first_not_of(digits[0]) == std::string_view::npos) {
    return false;
  }
  for (size_t n = 9; n < 11; ++n) {
    int sum = 0;
    for (size_t i = 0; i < n; ++i) sum += (digits[i] - '0') * static_cast<int>(n + 1 - i);
    if (sum * 10 % 11 % 10 != digits[n] - '0') return false;
  }
  return true;
}

bool is_portuguese_nif(std::string_view digits) {
  if (digits.size() != 9 || !std::string_view("1235689").contains(digits[0])) return false;
  int sum = 0;
  for (size_t i = 0; i < 8; ++i) sum += (digits[i] - '0') * static_cast<int>(9 - i);
  const int rest = sum % 11;
  return (rest < 2 ? 0 : 11 - rest) == digits[8] - '0';
}

// A DNI of 8 digits, or an NIE that begins with X, Y or Z, and a letter.
bool is_spanish_nif(std::string text) {
  if (text.size() != 9) return false;
  if (text[0] >= 'X' && text[0] <= 'Z') text[0] = static_cast<char>('0' + (text[0] - 'X'));
  const std::string_view digits = std::string_view(text).substr(0, 8);
  if (!is_all_digits(digits)) return false;
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return std::string_view("TRWAGMYFPDXBNJZSQVHLCKE")[static_cast<size_t>(number % 23)] == text[8];
}

size_t iban_length(std::string_view country) {
  return static_cast<size_t>(
      listed("PT=25 ES=24 FR=27 DE=22 IT=27 NL=18 BE=16 AT=20 CH=21 LU=20 IE=22 GB=22 BR=29 "
             "PL=28 SE=24 DK=18 NO=15 FI=18 CZ=24 HU=28 RO=24 GR=27 MT=31 CY=28 HR=21 SI=19",
             country));
}

bool passes_iban(std::string_view text) {
  int rest = 0;
  const std::string turned = std::string(text.substr(4)) + std::string(text.substr(0, 4));
  for (const char c : turned) {
    rest = c >= 'A' ? (rest * 100 + (c - 'A' + 10)) % 97 : (rest * 10 + (c - '0')) % 97;
  }
  return rest == 1;
}

std::optional<Hit> read_checked(const Reading& in, size_t i) {
  const bool is_inside = in.is_glued(i) && !in.tokens[i - 1].is_mark;
  if (is_inside || in.tokens[i].is_mark) return std::nullopt;
  const Chars chars = chars_from(in, i, 34);
  const auto hit = [&](size_t length, EntityKind kind) -> std::optional<Hit> {
    const size_t next = chars.ends[length - 1];
    if (next == 0 || (in.is_glued(next) && !in.tokens[next].is_mark)) return std::nullopt;
    return Hit{next, kind, chars.upper.substr(0, length), {}};
  };
  const std::string& text = chars.upper;
  if (text.size() >= 15 && !is_all_digits(std::string_view(text).substr(0, 2))) {
    const size_t length = iban_length(std::string_view(text).substr(0, 2));
    if (length > 0 && text.size() >= length && passes_iban(text.substr(0, length))) {
      if (auto found = hit(length, EntityKind::iban)) return found;
    }
  }
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  for (size_t length = std::min<size_t>(digits, 19); length >= 13; --length) {
    if (!is_card(std::string_view(text).substr(0, length)) || length != digits) continue;
    if (auto found = hit(length, EntityKind::card)) return found;
  }
  if (digits == 11 && is_cpf(text.substr(0, 11))) {
    if (auto found = hit(11, EntityKind::cpf)) return found;
  }
  if (digits == 9 && in.tongue == Tongue::pt && in.region != "BR" &&
      is_portuguese_nif(text.substr(0, 9))) {
    if (auto found = hit(9, EntityKind::nif)) return found;
  }
  if (text.size() >= 9 && is_spanish_nif(text.substr(0, 9))) return hit(9, EntityKind::nif);
  return std::nullopt;
}

}  // namespace

std::optional<Hit> read_code(const Reading& in, size_t i) {
  if (auto email = read_email(in, i)) return email;
  if (auto url = read_url(in, i)) return url;
  return read_checked(in, i);
}

}  // namespace millrace::nlu
