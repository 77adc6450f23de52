#include "ask/words.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace millrace::ask {
namespace {

constexpr WordLists kDenials = {
    "not no nope never none neither nor without but except excluding dont doesnt didnt cant cannot "
    "wont wouldnt isnt arent aint shouldnt hate hates dislike refuse avoid rather",
    "nao nunca jamais nem sem menos exceto excepto salvo odeio detesto nenhum nenhuma tirando "
    "recuso evito",
    "no nunca jamas ni sin menos excepto salvo odio detesto ningun ninguno ninguna tampoco evito "
    "rechazo",
    "pas non jamais ni sans sauf excepte hormis deteste hais aucun aucune ne n refuse",
    "nicht kein keine keinen keinem keiner keines nie niemals ohne außer ausser hasse weder nein "
    "ungern bloß"};
constexpr WordList kDenialsOfEnglishElsewhere = "not never without except dont";

// What stands before an "n't" when an apostrophe divides it.
constexpr WordList kBeforeT =
    "don doesn didn can won wouldn isn aren ain couldn shouldn wasn weren haven hasn hadn mustn";

constexpr std::string_view kTurningSyllables[] = {"un",   "in",  "im",    "il",   "ir", "dis",
                                                  "non",  "des", "de",    "mal",  "me", "miss",
                                                  "anti", "a",   "nicht", "kein", "ent"};

// Longer ones first.
constexpr std::string_view kCourtesies[kLanguageCount][8] = {
    {"thank you very much", "thanks a lot", "thank you", "please", "pls", "plz", "thanks", "thx"},
    {"por favor", "muito obrigado", "muito obrigada", "obrigado", "obrigada"},
    {"por favor", "muchas gracias", "gracias"},
    {"s il vous plait", "s il te plait", "svp", "stp", "merci bien", "merci"},
    {"vielen dank", "bitte", "danke"}};

bool drop_one(std::vector<std::string>& words, Language language) {
  return std::ranges::any_of(kCourtesies[static_cast<size_t>(language)],
                             [&](std::string_view phrase) {
                               return take_back(words, phrase) || take_front(words, phrase);
                             });
}

// How many words the phrase has; 0 where it is none, or nothing would be left beside it.
size_t words_in(std::string_view phrase, size_t said) {
  if (phrase.empty()) return 0;
  const auto count = static_cast<size_t>(std::ranges::count(phrase, ' ')) + 1;
  return count < said ? count : 0;
}

bool is_at(const std::vector<std::string>& words, size_t begin, std::string_view phrase) {
  for (;;) {
    const std::string_view wanted = phrase.substr(0, phrase.find(' '));
    if (words[begin++] != wanted) return false;
    if (wanted.size() == phrase.size()) return true;
    phrase.remove_prefix(wanted.size() + 1);
  }
}

}  // namespace

bool WordList::finds(std::string_view word) const {
  for (size_t at = words_.find(word); at != std::string_view::npos;
       at = words_.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || words_[at - 1] == ' ';
    if (begins && (end == words_.size() || words_[end] == ' ')) return true;
  }
  return false;
}

void drop_listed(std::vector<std::string>& words, const WordList& list) {
  std::erase_if(words, [&](const std::string& word) { return is_listed(list, word); });
}

std::optional<int> figures(std::string_view text, size_t digits_max) {
  const bool is_number = !text.empty() && text.size() <= digits_max &&
                         text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!is_number) return std::nullopt;
  int number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return code == std::errc() ? std::optional(number) : std::nullopt;
}

bool take_front(std::vector<std::string>& words, std::string_view phrase) {
  if (words.empty() || !phrase.starts_with(words.front())) return false;  // nearly always
  const size_t count = words_in(phrase, words.size());
  if (count == 0 || !is_at(words, 0, phrase)) return false;
  words.erase(words.begin(), words.begin() + static_cast<ptrdiff_t>(count));
  return true;
}

bool take_back(std::vector<std::string>& words, std::string_view phrase) {
  if (words.empty() || !phrase.ends_with(words.back())) return false;
  const size_t count = words_in(phrase, words.size());
  if (count == 0 || !is_at(words, words.size() - count, phrase)) return false;
  words.resize(words.size() - count);
  return true;
}

bool denies(const std::vector<std::string>& words, size_t at, Language language) {
  const std::string& word = words[at];
  if (is_listed(kDenials, language, word)) return true;
  if (is_listed(kDenialsOfEnglishElsewhere, word)) return true;
  return word == "t" && at > 0 && is_listed(kBeforeT, words[at - 1]);
}

std::vector<std::string> denials_in(const std::vector<std::string>& words, Language language) {
  std::vector<std::string> found;
  for (size_t i = 0; i < words.size(); ++i) {
    if (denies(words, i, language)) found.push_back(words[i]);
  }
  std::ranges::sort(found);
  return found;
}

bool is_opposite(std::string_view a, std::string_view b) {
  if (a.size() < b.size()) std::swap(a, b);
  return std::ranges::any_of(kTurningSyllables, [&](std::string_view syllable) {
    return a.size() == b.size() + syllable.size() && a.starts_with(syllable) && a.ends_with(b);
  });
}

void drop_courtesy_words(std::vector<std::string>& words, Language language) {
  while (drop_one(words, language) || (language != Language::en && drop_one(words, Language::en))) {
  }
}

std::string joined(const std::vector<std::string>& words, size_t begin, size_t end) {
  std::string text;
  for (size_t i = begin; i < std::min(end, words.size()); ++i) {
    text += (i == begin ? "" : " ") + words[i];
  }
  return text;
}

}  // namespace millrace::ask
