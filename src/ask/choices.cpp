// Choosing among labels, and patterns. What was said to the letter goes before what is alike, and
// what denies is never taken for what it denies.
#include <unicode/regex.h>

#include <algorithm>
#include <memory>

#include "ask/spelled.hpp"
#include "ask/words.hpp"
#include "base/regex.hpp"
#include "base/text.hpp"

namespace millrace::ask {
namespace {

using Words = std::vector<std::string>;

constexpr size_t kLengthMax = 200;

std::string digits_of(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
  return out;
}

bool has_all(const Words& said, const Words& wanted) {
  return !wanted.empty() && std::ranges::all_of(wanted, [&](const std::string& word) {
    return std::ranges::find(said, word) != said.end();
  });
}

// The choices that fit best, each once.
struct Best {
  std::vector<const Choice*> choices;
  size_t score = 0;

  void offer(const Choice& choice, size_t better) {
    if (choices.empty() || better > score) {
      choices = {&choice};
      score = better;
    } else if (better == score && choices.back() != &choice) {
      choices.push_back(&choice);
    }
  }
  bool is_none() const { return choices.empty(); }
  Reading reading() const {
    if (choices.size() == 1) return accepted(choices.front()->value);
    Reading out;
    out.verdict = Verdict::ambiguous;
    for (const Choice* choice : choices) {
      out.readings.push_back(
          {choice->value, choice->labels.empty() ? choice->value : choice->labels.front()});
    }
    return out;
  }
};

// Calls f(choice, label) for each label of each.
template <typename F>
void for_each_label(const std::vector<Choice>& choices, F f) {
  for (const Choice& choice : choices) {
    for (const std::string& label : choice.labels) f(choice, label);
  }
}

// To the letter; but for case; but for case and accents; and with nothing but letters and digits.
Best equal_labels(const std::vector<Choice>& choices, std::string_view text) {
  Best best;
  const std::string lower = base::to_lower(text), folded = fold(text),
                    squashed = base::squash(text);
  for_each_label(choices, [&](const Choice& choice, const std::string& label) {
    const std::string_view trimmed = base::trim_blank(label);
    if (trimmed == text) {
      best.offer(choice, 4);
    } else if (base::to_lower(trimmed) == lower) {
      best.offer(choice, 3);
    } else if (fold(trimmed) == folded) {
      best.offer(choice, 2);
    } else if (!squashed.empty() && base::squash(trimmed) == squashed) {
      best.offer(choice, 1);
    }
  });
  return best;
}

constexpr int64_t kLastPlace = -1;

// A place that is named, as in "2.", "#2", "option two", "the second one", "la dernière".
struct Place {
  int64_t number = kLastPlace;  // from 1
  bool is_bare = false;         // a number and nothing else, which may stand in a label
  std::string ordinal;          // the word, if it is one: it may stand in a label, too
};

constexpr WordLists kLeadsToPlace = {
    "the option number nr num choice answer i ll d take want pick select choose would like go with "
    "my is",
    "o a os as opcao numero escolha resposta quero escolho n",
    "el la los las opcion numero eleccion respuesta quiero elijo n",
    "le la l les option numero choix reponse je prends veux choisis n",
    "der die das den option nummer nr auswahl antwort wahl ich nehme"};
constexpr WordLists kBehindPlace = {"one option choice answer", "opcao um uma", "opcion uno una",
                                    "option choix", "option antwort"};
constexpr WordLists kLast = {"last", "ultimo ultima", "ultimo ultima", "dernier derniere",
                             "letzte letzter letztes letzten"};

constexpr size_t kDigitsMax = 6;

std::optional<Place> place_named(Words words, std::string_view locale) {
  const Language language = language_of(locale);
  const size_t said = words.size();
  const auto in = [&](const WordLists& lists, const std::string& word) {
    return is_listed_here(lists, language, word);
  };
  while (words.size() > 1 && in(kLeadsToPlace, words.front())) words.erase(words.begin());
  while (words.size() > 1 && in(kBehindPlace, words.back())) words.pop_back();
  if (words.empty() || words.size() > 3) return std::nullopt;
  if (words.size() == 1) {
    const std::string& word = words.front();
    if (const auto number = figures(word, kDigitsMax)) return Place{*number, said == 1, {}};
    if (in(kLast, word)) return Place{kLastPlace, false, word};
    if (const auto number = ordinal(word, locale)) return Place{*number, false, word};
  }
  if (const auto number = spelled_number(words, locale)) return Place{*number, said == 1, {}};
  return std::nullopt;
}

const Choice* at_place(const std::vector<Choice>& choices, const Place& place) {
  if (choices.empty()) return nullptr;
  if (place.number == kLastPlace) return &choices.back();
  const auto number = static_cast<size_t>(place.number);
  return number >= 1 && number <= choices.size() ? &choices[number - 1] : nullptr;
}

// Those of whose label the number, or the ordinal, is a word.
Best with_place(const std::vector<Choice>& choices, const Place& place, std::string_view locale) {
  Best best;
  for_each_label(choices, [&](const Choice& choice, const std::string& label) {
    for (const std::string& word : words_of(ascii_digits(label))) {
      const auto number = place.ordinal.empty() ? figures(word, kDigitsMax) : std::nullopt;
      const bool is_it = !place.ordinal.empty() ? word == place.ordinal
                         : number               ? *number == place.number
                                                : spelled_number({word}, locale) == place.number;
      if (is_it) {
        best.offer(choice, 1);
        break;
      }
    }
  });
  return best;
}

bool is_bare(std::string_view text, const Place& place) {
  return place.is_bare && !text.starts_with('#') && !text.ends_with('.') && !text.ends_with(')');
}

// Labels whose words were all said, or that were said with few typing mistakes.
Reading alike(const Rules& rules, std::string_view text, const Words& said, Language language) {
  const std::string wanted = base::squash(text);
  const Words denied = denials_in(said, language);
  Best by_words, by_edits;
  for_each_label(rules.choices, [&](const Choice& choice, const std::string& label) {
    const Words words = words_of(label);
    // "anything but the suite" names a choice and does not make it.
    if (denials_in(words, language) != denied) return;
    if (has_all(said, words)) by_words.offer(choice, words.size());
    const std::string squashed = base::squash(label);
    const size_t allowed =
        std::min(static_cast<size_t>(std::max(rules.fuzzy, 0)), squashed.size() / 3);
    const size_t longer = std::max(wanted.size(), squashed.size());
    if (wanted.empty() || longer - std::min(wanted.size(), squashed.size()) > allowed) return;
    const size_t edits = base::edit_distance(wanted, squashed);
    // A digit is never a typing mistake (11:30 is not nearly 10:30), nor is a syllable that turns
    // the word round.
    const bool is_meant = edits <= allowed && digits_of(wanted) == digits_of(squashed) &&
                          !is_opposite(fold(wanted), fold(squashed));
    if (is_meant) by_edits.offer(choice, allowed + 100 - edits);
  });
  if (!by_words.is_none()) return by_words.reading();
  return by_edits.is_none() ? Reading{} : by_edits.reading();
}

// An answer, and what it is read by.
struct Said {
  Said(std::string_view text, std::string_view the_locale)
      : plain(ascii_digits(text)),
        words(words_of(plain)),
        locale(the_locale),
        language(language_of(the_locale)) {
    drop_courtesy_words(words, language);
  }
  std::string plain;
  Words words;  // without courtesy
  std::string_view locale;
  Language language;
};

// nullopt: no place is named, and it is no number either.
std::optional<Reading> read_place(const std::vector<Choice>& choices, const Said& said) {
  const auto place = place_named(said.words, said.locale);
  if (!place) return std::nullopt;
  if (is_bare(said.plain, *place) || !place->ordinal.empty()) {
    // The number of a label goes before the place in the list.
    const Best numbered = with_place(choices, *place, said.locale);
    if (!numbered.is_none()) return numbered.reading();
  }
  if (const Choice* choice = at_place(choices, *place)) return accepted(choice->value);
  return place->is_bare ? std::optional(Reading{}) : std::nullopt;
}

}  // namespace

Reading pick(const std::vector<Choice>& choices, std::string_view text, std::string_view locale,
             bool places) {
  text = base::trim_blank(text);
  if (text.empty() || text.size() > kLengthMax) return {};
  if (const Best equal = equal_labels(choices, text); !equal.is_none()) return equal.reading();
  return places ? read_place(choices, {text, locale}).value_or(Reading{}) : Reading{};
}

Reading read_choice(const Rules& rules, std::string_view text, std::string_view locale) {
  if (text.size() > kLengthMax) return {};
  if (const Best equal = equal_labels(rules.choices, text); !equal.is_none()) {
    return equal.reading();
  }
  const Said said(text, locale);
  if (auto by_place = read_place(rules.choices, said)) return std::move(*by_place);
  return alike(rules, said.plain, said.words, said.language);
}

base::Result<void> check_pattern(std::string_view pattern) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError where{};
  const std::unique_ptr<icu::RegexPattern> compiled(icu::RegexPattern::compile(
      icu::UnicodeString::fromUTF8(std::string(pattern)), 0, where, status));
  if (U_SUCCESS(status)) return {};
  return base::fail(base::Code::invalid_argument,
                    "the pattern cannot be read at character " + std::to_string(where.offset + 1));
}

Reading read_pattern(const Rules& rules, std::string_view text) {
  return base::matches_regex(rules.pattern, text) ? accepted(std::string(text)) : Reading{};
}

}  // namespace millrace::ask
