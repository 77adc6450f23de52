// Choosing among labels, yes and no, and patterns.
#include <unicode/regex.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <numeric>

#include "ask/language.hpp"
#include "base/regex.hpp"
#include "base/text.hpp"

namespace millrace::ask {
namespace {

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

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
  Best by_words, by_edits;
  for (const Choice& choice : rules.choices) {
    for (const std::string& label : choice.labels) {
      const auto words = words_of(label);
      if (has_all(said, words)) by_words.offer(choice, words.size());
      const std::string squashed = base::squash(label);
      const size_t edits = edit_distance(wanted, squashed);
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
  struct Words {
    std::vector<std::string_view> yes, no;
  };
  static const Words kWords[kLanguageCount] = {
      {{"yes", "y", "yeah", "yep", "yup", "sure", "ok", "okay", "correct", "true", "absolutely",
        "please"},
       {"no", "n", "nope", "nah", "never", "not", "false"}},
      {{"sim", "s", "claro", "certo", "ok", "quero", "pode", "isso", "positivo"},
       {"não", "nao", "n", "nunca", "negativo"}},
      {{"sí", "si", "s", "claro", "vale", "ok", "correcto", "bueno"},
       {"no", "n", "nunca", "tampoco"}},
      {{"oui", "o", "ouais", "ok", "accord", "volontiers", "bien"}, {"non", "n", "jamais", "pas"}},
      {{"ja", "j", "jawohl", "gerne", "klar", "ok", "stimmt", "richtig", "natürlich"},
       {"nein", "n", "nee", "nie", "nicht", "kein"}},
  };
  if (text == "👍") return accepted("true");
  if (text == "👎") return accepted("false");
  const auto said = words_of(text);
  if (said.empty() || said.size() > 6) return {};
  const auto has = [&](const std::vector<std::string_view>& words) {
    return std::ranges::any_of(said, [&](const std::string& word) {
      return std::ranges::find(words, word) != words.end();
    });
  };
  for (const Language language : {language_of(locale), Language::en}) {
    const Words& words = kWords[static_cast<size_t>(language)];
    const bool yes = has(words.yes), no = has(words.no);
    if (no) return accepted("false");
    if (yes) return accepted("true");
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
