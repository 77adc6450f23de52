// Choosing among labels, yes and no, and patterns.
#include <unicode/regex.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "ask/language.hpp"
#include "base/regex.hpp"
#include "base/text.hpp"

namespace millrace::ask {
namespace {

std::string digits_of(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
  return out;
}

bool has_all(const std::vector<std::string>& said, const std::vector<std::string>& wanted) {
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

}  // namespace

Reading read_choice(const Rules& rules, std::string_view text) {
  constexpr size_t kLengthMax = 200;
  if (text.size() > kLengthMax) return {};
  const std::string wanted = base::squash(text), lower = base::to_lower(text);
  // What was said to the letter goes before what is alike without its marks: "C" is not "C++".
  Best exact;
  for (const Choice& choice : rules.choices) {
    for (const std::string& label : choice.labels) {
      if (base::to_lower(label) == lower) {
        exact.offer(choice, 2);
      } else if (!wanted.empty() && base::squash(label) == wanted) {
        exact.offer(choice, 1);
      }
    }
  }
  if (!exact.choices.empty()) return exact.reading();
  size_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code == std::errc() && end == text.data() + text.size()) {
    if (number < 1 || number > rules.choices.size()) return {};
    return accepted(rules.choices[number - 1].value);
  }
  const auto said = words_of(text);
  // "anything but the suite" names a choice and does not make it.
  constexpr std::string_view kDenials[] = {"not",   "no",    "but",  "without", "nao",  "sem",
                                           "menos", "sin",   "pas",  "sans",    "sauf", "nicht",
                                           "kein",  "keine", "ohne", "ausser"};
  const bool denies = std::ranges::any_of(said, [&](const std::string& word) {
    return std::ranges::find(kDenials, word) != std::end(kDenials);
  });
  Best by_words, by_edits;
  for (const Choice& choice : rules.choices) {
    for (const std::string& label : choice.labels) {
      const auto words = words_of(label);
      if (!denies && has_all(said, words)) by_words.offer(choice, words.size());
      const std::string squashed = base::squash(label);
      const size_t edits = base::edit_distance(wanted, squashed);
      const size_t allowed =
          std::min(static_cast<size_t>(std::max(rules.fuzzy, 0)), squashed.size() / 3);
      // A digit is never a typing mistake: 11:30 is not nearly 10:30.
      const bool same_digits = digits_of(wanted) == digits_of(squashed);
      if (edits <= allowed && same_digits) by_edits.offer(choice, allowed + 100 - edits);
    }
  }
  if (!by_words.choices.empty()) return by_words.reading();
  if (!by_edits.choices.empty()) return by_edits.reading();
  return {};
}

Reading read_yes_no(std::string_view text, std::string_view locale) {
  // Folded: without accents. A word decides when everything behind it is courtesy; phrases are
  // whole.
  struct Words {
    std::vector<std::string_view> yes, no, courtesy, yes_phrases, no_phrases;
  };
  static const Words kWords[kLanguageCount] = {
      {{"yes", "y", "yeah", "yep", "yup", "sure", "ok", "okay", "correct", "absolutely", "true"},
       {"no", "n", "nope", "nah", "never", "false"},
       {"please", "thanks",  "thank", "you",  "of", "course", "sir",   "madam", "that", "is", "s",
        "right",  "correct", "way",   "sure", "i",  "do",     "would", "not",   "don",  "t",  "am"},
       {"why not", "no problem", "of course", "please do", "go ahead", "definitely",
        "that s right"},
       {"not now", "not today", "not really", "no way", "please don t", "i m good"}},
      {{"sim", "s", "claro", "certo", "ok", "quero", "pode", "isso", "positivo"},
       {"nao", "n", "nunca", "negativo"},
       {"por", "favor", "obrigado", "obrigada", "que", "sim", "nao", "quero", "ser", "mesmo"},
       {"com certeza", "por que nao", "sem problema", "pode ser", "pode sim"},
       {"agora nao", "de jeito nenhum", "acho que nao"}},
      {{"si", "s", "claro", "vale", "ok", "correcto", "bueno"},
       {"no", "n", "nunca", "tampoco"},
       {"por", "favor", "gracias", "que", "si", "no", "quiero", "muchas"},
       {"por supuesto", "por que no", "sin problema", "de acuerdo", "como no"},
       {"ahora no", "para nada", "de ninguna manera"}},
      {{"oui", "o", "ouais", "ok", "volontiers"},
       {"non", "n", "jamais"},
       {"merci", "s", "il", "vous", "te", "plait", "bien", "sur", "pas", "du", "tout"},
       {"d accord", "bien sur", "pourquoi pas", "pas de probleme", "avec plaisir", "c est ca"},
       {"pas maintenant", "pas du tout", "pas vraiment", "surtout pas"}},
      {{"ja", "j", "jawohl", "gerne", "klar", "ok", "stimmt", "richtig", "naturlich"},
       {"nein", "n", "nee", "nie"},
       {"bitte", "danke", "gerne", "gern", "doch", "klar", "naturlich", "sehr"},
       {"warum nicht", "kein problem", "na klar", "auf jeden fall", "einverstanden"},
       {"jetzt nicht", "auf keinen fall", "eher nicht", "lieber nicht"}},
  };
  if (text == "👍") return accepted("true");
  if (text == "👎") return accepted("false");
  const auto said = words_of(text);
  if (said.empty() || said.size() > 6) return {};
  std::string whole;
  for (const std::string& word : said) whole += (whole.empty() ? "" : " ") + word;
  const auto in = [](const std::vector<std::string_view>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
  };
  for (const Language language : {language_of(locale), Language::en}) {
    const Words& words = kWords[static_cast<size_t>(language)];
    if (in(words.yes_phrases, whole)) return accepted("true");
    if (in(words.no_phrases, whole)) return accepted("false");
    const bool yes = in(words.yes, said.front()), no = in(words.no, said.front());
    const bool courteous = std::all_of(said.begin() + 1, said.end(), [&](const std::string& word) {
      return in(words.courtesy, word) || in(yes ? words.yes : words.no, word);
    });
    if ((yes || no) && courteous) return accepted(yes ? "true" : "false");
  }
  return {};
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
