#include <algorithm>
#include <array>

#include "ask/language.hpp"
#include "base/text.hpp"

namespace millrace::ask {
namespace {

constexpr size_t kBytesMax = 16'384;

constexpr std::array<std::string_view, 11> kTypes{"text",    "email", "phone",  "number",
                                                  "date",    "time",  "choice", "yes_no",
                                                  "address", "regex", "file"};

Reading read_text(const Rules& rules, std::string_view text) {
  // No text has more characters than bytes.
  const bool surely_fits = rules.length_min <= 1 && text.size() <= rules.length_max;
  if (surely_fits) return accepted(std::string(text));
  const size_t length = base::grapheme_count(text);
  if (length < rules.length_min || length > rules.length_max) return out_of_range();
  return accepted(std::string(text));
}

// The one address of the message: "it's ada@example.com, thanks".
Reading read_email(std::string_view text) {
  if (auto whole = base::email_address(text)) return accepted(std::move(*whole));
  constexpr std::string_view kBetween = " \t\n,;<>()\"";
  std::optional<std::string> found;
  size_t at = 0;
  while (at < text.size()) {
    const auto begin = text.find_first_not_of(kBetween, at);
    if (begin == std::string_view::npos) break;
    const auto end = std::min(text.find_first_of(kBetween, begin), text.size());
    std::string_view word = base::trim_blank(text.substr(begin, end - begin));
    at = end;
    while (!word.empty() && std::string_view(".!?:'").contains(word.back())) word.remove_suffix(1);
    while (word.starts_with('\'')) word.remove_prefix(1);
    if (word.starts_with("mailto:")) word.remove_prefix(7);
    auto address = base::email_address(word);
    if (!address) continue;
    if (found && *found != *address) return {};
    found = std::move(address);
  }
  return found ? accepted(std::move(*found)) : Reading{};
}

}  // namespace

std::optional<Type> type_from(std::string_view name) {
  const auto found = std::ranges::find(kTypes, name);
  if (found == kTypes.end()) return std::nullopt;
  return static_cast<Type>(found - kTypes.begin());
}

std::string_view to_string(Type type) {
  return kTypes[static_cast<size_t>(type)];
}

Reading read(const Rules& rules, std::string_view text, std::string_view locale, base::Date today) {
  text = base::trim_blank(text);
  if (text.empty() || text.size() > kBytesMax || !base::is_valid_utf8(text)) return {};
  switch (rules.type) {
    case Type::text:
    case Type::address: return read_text(rules, text);
    case Type::email: return read_email(text);
    case Type::phone: return read_phone(rules, text, locale);
    case Type::number: return read_number(rules, text, locale);
    case Type::date: return read_date(rules, text, locale, today);
    case Type::time: return read_time(text, locale);
    case Type::choice: return read_choice(rules, text, locale);
    case Type::yes_no: return read_yes_no(text, locale);
    case Type::regex: return read_pattern(rules, text);
    case Type::file: return accepted(std::string(text));
  }
  return {};
}

std::string show(Type type, std::string_view value, std::string_view locale) {
  switch (type) {
    case Type::number: return show_number(value, locale);
    case Type::date: return show_date(value, locale);
    case Type::time: return show_time(value, locale);
    case Type::phone: return show_phone(value);
    case Type::yes_no:
      return std::string(stock_text(value == "true" ? "yes" : "no", locale).value_or(value));
    default: return std::string(value);
  }
}

}  // namespace millrace::ask
