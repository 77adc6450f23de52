// For the files of this folder only: a text cut finer than words, and what every reader of a kind
// of entity gives and is given.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "nlu/entities/entities.hpp"

namespace millrace::nlu {

enum class Tongue : uint8_t { en, pt, es, fr, de };
inline constexpr size_t kTongues = 5;

// A run of digits, a run of letters, or one mark.
struct Token {
  uint32_t begin = 0, end = 0;
  bool is_digits = false, is_mark = false;
  bool is_glued = false;  // nothing stands between it and the one before
  std::string folded;
};

// What a reader found from one token to before `next`.
struct Hit {
  size_t next = 0;
  EntityKind kind = EntityKind::number;
  std::string value;
  std::vector<std::string> others;
};

struct Reading {
  std::string_view text;
  std::vector<Token> tokens;
  Tongue tongue = Tongue::en;
  std::string region;  // upper case; "" when the locale has none
  base::Date today;

  // The folded token there, "" behind the last one.
  std::string_view at(size_t i) const {
    return i < tokens.size() ? std::string_view(tokens[i].folded) : std::string_view();
  }
  bool is_digits(size_t i) const { return i < tokens.size() && tokens[i].is_digits; }
  bool is_glued(size_t i) const { return i < tokens.size() && tokens[i].is_glued; }
  // How many tokens the words of `phrase` (folded, with blanks between) take from i on; 0 if other.
  size_t phrase(size_t i, std::string_view phrase) const;
  // The most tokens that any of the phrases takes, which stand between bars.
  size_t any(size_t i, std::string_view phrases) const;
};

Reading make_reading(std::string_view text, std::string_view locale, base::Date today);

// Of a table with a row for each tongue.
inline size_t index_of(const Reading& in) {
  return static_cast<size_t>(in.tongue);
}
inline Hit day_hit(base::Date date, size_t next) {
  return {next, EntityKind::date, base::to_iso8601(date), {}};
}

// A word's number in "word=number word=number"; 0 when it is not in it.
int listed(std::string_view table, std::string_view word);

// ---- numbers

struct Amount {
  size_t next = 0;
  double value = 0;
  bool is_whole = true;
  bool is_spelled = false;
};
// Figures with the locale's separators, or words; "a" and "one" where `takes_article`.
std::optional<Amount> read_amount(const Reading& in, size_t i, bool takes_article = false);
// The shortest decimals that give it back.
std::string show_amount(double value);
std::optional<Amount> read_ordinal(const Reading& in, size_t i);
// What one word of a number is worth, also German ones in one word; 0 for other words.
int word_value(Tongue tongue, std::string_view word);

// ---- one reader for each kind, or several kinds; the first token is i

std::optional<Hit> read_code(const Reading& in, size_t i);      // e-mail, URL, card, CPF, IBAN, NIF
std::optional<Hit> read_quantity(const Reading& in, size_t i);  // money, percentage, temperature
std::optional<Hit> read_duration(const Reading& in, size_t i);
std::optional<Hit> read_time(const Reading& in, size_t i);
std::optional<Hit> read_day(const Reading& in, size_t i);       // one day
std::optional<Hit> read_near_day(const Reading& in, size_t i);  // counted from today
std::optional<Hit> read_days(const Reading& in, size_t i);      // a range of days

// A count with its unit of days or more: "two weeks"; months for months and years.
struct Stretch {
  size_t next = 0;
  int days = 0, months = 0;
};
std::optional<Stretch> read_stretch(const Reading& in, size_t i);

// 0 Monday to 6 Sunday.
int weekday_of(base::Date date);
base::Date plus_days(base::Date date, int days);
base::Date plus_months(base::Date date, int months);
// Which weekday the token names, 0 to 6, and what it takes ("segunda-feira"); nullopt otherwise.
struct Named {
  size_t next = 0;
  int number = 0;
};
std::optional<Named> read_weekday(const Reading& in, size_t i);
std::optional<Named> read_month(const Reading& in, size_t i);  // 1 to 12

}  // namespace millrace::nlu
