// Understanding one answer: what a person typed, read as the type that was asked for, in their
// locale. Pure: the day comes in with the question, and nothing typed is ever evaluated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace millrace::ask {

enum class Type { text, email, phone, number, date, time, choice, yes_no, address, regex, file };

// "text", "email", ... as written in a flow; nullopt for any other word.
std::optional<Type> type_from(std::string_view name);
std::string_view to_string(Type type);

// Whatever is said is an answer of that type.
constexpr bool takes_any_text(Type type) {
  return type == Type::text || type == Type::address;
}

struct Choice {
  std::string value;                // what is kept
  std::vector<std::string> labels;  // what may be said for it: labels in every locale, synonyms
};

// What counts as an answer. Members that do not belong to the type are not looked at.
struct Rules {
  Type type = Type::text;
  size_t length_min = 1, length_max = 4'096;   // text, address: characters as people count them
  std::optional<double> min, max;              // number
  bool whole = false;                          // number: no fraction
  std::optional<base::Date> earliest, latest;  // date
  bool not_future = false, not_past = false;   // date, against `today`
  std::string region;                          // phone: ISO 3166-1, "" = from the locale
  std::string pattern;                         // regex: RE2/ICU syntax, must match the whole answer
  std::vector<Choice> choices;                 // choice
  int fuzzy = 2;  // choice: edits tolerated, never more than a third of the label's length
};

enum class Verdict {
  accepted,
  not_understood,
  out_of_range,  // understood, and outside the rules: too young, too long, in the future
  ambiguous,     // more than one reading: `readings` says which
};

struct Candidate {
  std::string value;  // canonical, as below
  std::string label;  // for people, in the locale: "3 April 1990"
  bool operator==(const Candidate&) const = default;
};

// `value` is canonical whatever the locale: date "1990-04-03", time "17:30", phone E.164, number
// "1234.5" without grouping, yes_no "true"/"false", choice its value, e-mail as typed but trimmed.
struct Reading {
  Verdict verdict = Verdict::not_understood;
  std::string value;                // when accepted
  std::vector<Candidate> readings;  // when ambiguous: at least two, in a stable order
};

// `locale` is a BCP 47 tag ("en", "pt-BR"). "en" alone leaves 03/04/1990 ambiguous; every tag with
// a region, and every other language, has its own order of day and month. `today` is the day it is
// where the consumer is.
Reading read(const Rules& rules, std::string_view text, std::string_view locale, base::Date today);

// Which choice a label names, or a place in the list ("2.", "the second one"), and nothing looser:
// for choices that are shown without a type being asked for. `places`: whether places count.
Reading pick(const std::vector<Choice>& choices, std::string_view text, std::string_view locale,
             bool places);

// A canonical value written for a person of that locale: "3 de abril de 1990", "1.234,5".
std::string show(Type type, std::string_view value, std::string_view locale);

// Whether the pattern of a regex ask can be used; invalid_argument with what is wrong with it.
base::Result<void> check_pattern(std::string_view pattern);

// ---- what people say beside the point, in every flow without authoring

enum class Command { back, change, cancel, restart, why, human };
inline constexpr size_t kCommandCount = 6;
std::string_view to_string(Command command);  // "back", ...
std::optional<Command> command_from(std::string_view name);

struct Aside {
  Command command;
  std::string subject;  // change: what is to change, as said ("e-mail"); may be empty
  std::string value;    // change: its new value, as said; may be empty
};

// Whether the whole message is one of the phrases of the locale's language, such as "go back",
// "actually my e-mail is ada@example.com", "quiero hablar con una persona". nullopt for everything
// else: an answer that merely contains such words is an answer. `own` are the solution's phrases
// for a command, which replace the stock ones of that command.
struct OwnPhrases {
  Command command;
  std::vector<std::string> phrases;
};
std::optional<Aside> find_aside(std::string_view text, std::string_view locale,
                                const std::vector<OwnPhrases>& own = {});

// The texts Millrace says by itself, in en, pt, es, fr and de (English for any other language).
// Keys: apology, retry.<type> and range.<type> (retry.email, range.date, ...), which_one (before
// ambiguous readings), back.none, changed (with {what} and {value} to fill), change.what,
// change.unknown, cancelled, restarted, why, human.none, reminder, abandoned, yes, no. nullopt for
// an unknown key.
std::optional<std::string_view> stock_text(std::string_view key, std::string_view locale);
// All keys, for the checker and its did-you-mean.
const std::vector<std::string_view>& stock_keys();

}  // namespace millrace::ask
