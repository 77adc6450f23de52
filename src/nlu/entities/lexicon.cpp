#include "nlu/entities/lexicon.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "nlu/text/words.hpp"

namespace millrace::nlu {
namespace {

std::string key_of(std::span<const Word> words) {
  std::string key;
  for (const Word& word : words) {
    if (!key.empty()) key += ' ';
    key += word.folded;
  }
  return key;
}

std::string key_of(std::string_view text) {
  return key_of(std::span<const Word>(words_of(text)));
}

}  // namespace

Lists::Lists(const Lexicon& lexicon) {
  for (const auto& [slot, pattern] : lexicon.regexes) {
    if (regexes_.size() == kPatternsMax) break;
    if (auto made = base::Regex::make(pattern)) regexes_.emplace_back(slot, std::move(*made));
  }
  std::multimap<std::string, std::pair<std::string_view, std::string_view>> said_for;
  for (const auto& [value, said] : lexicon.synonyms) {
    const std::string key = key_of(value);
    for (const std::string& one : said) {
      synonyms_.emplace(key_of(one), value);
      said_for.emplace(key, std::pair(std::string_view(value), std::string_view(one)));
    }
  }
  const auto list = [&](std::string_view words, const std::string& slot, std::string_view value) {
    const size_t count = words_of(words).size();
    if (count == 0 || count > kListedWordsMax) return;
    entries_[key_of(words)].push_back({slot, std::string(value)});
    words_max_ = std::max(words_max_, count);
  };
  for (const auto& [slot, words] : lexicon.lookups) {
    for (const std::string& word : words) {
      list(word, slot, word);
      // What is said for it is found as well.
      const auto [begin, end] = said_for.equal_range(key_of(word));
      for (auto each = begin; each != end; ++each)
        list(each->second.second, slot, each->second.first);
    }
  }
}

std::string Lists::canonical(std::string_view value) const {
  if (synonyms_.empty()) return std::string(value);
  const auto found = synonyms_.find(key_of(value));
  return found == synonyms_.end() ? std::string(value) : found->second;
}

std::vector<Listed> Lists::find(std::string_view text) const {
  std::vector<Listed> out;
  const auto words = words_max_ == 0 ? std::vector<Word>() : words_of(text);
  for (size_t i = 0; i < words.size() && out.size() < kListedMax;) {
    size_t taken = 1;
    for (size_t count = std::min(words_max_, words.size() - i); count > 0; --count) {
      const auto found = entries_.find(key_of(std::span(words).subspan(i, count)));
      if (found == entries_.end()) continue;
      for (const Entry& entry : found->second) {
        out.push_back(
            {entry.slot, words[i].begin, words[i + count - 1].end, canonical(entry.value)});
      }
      taken = count;
      break;
    }
    i += taken;
  }
  add_patterns(text, out);
  std::ranges::stable_sort(out, {}, &Listed::begin);
  return out;
}

// One that takes too long ends the search: the others could as well, on such a text.
void Lists::add_patterns(std::string_view text, std::vector<Listed>& out) const {
  const std::string_view looked_at = text.substr(0, kPatternBytesMax);
  for (const auto& [slot, pattern] : regexes_) {
    if (out.size() >= kListedMax) return;
    base::Regex::Found found;
    const auto outcome = pattern.find(looked_at, kPatternStepsMax, found);
    if (outcome == base::Regex::Outcome::gave_up) return;
    if (outcome == base::Regex::Outcome::nothing || found.text.empty()) continue;
    // Of a text that is no UTF-8, places do not fit.
    if (!looked_at.substr(std::min(found.begin, looked_at.size())).starts_with(found.text))
      continue;
    out.push_back({slot, static_cast<uint32_t>(found.begin),
                   static_cast<uint32_t>(found.begin + found.text.size()), canonical(found.text)});
  }
}

}  // namespace millrace::nlu
