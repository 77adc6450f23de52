#include "nlu/text/features.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>

#include "nlu/learn/arithmetic.hpp"
#include "nlu/text/feature_hash.hpp"

namespace millrace::nlu {
namespace {

enum class FeatureKind : uint8_t { word, kept, pair, letters, mark };

constexpr std::string_view name_of(FeatureKind kind) {
  switch (kind) {
    case FeatureKind::word: return "word";
    case FeatureKind::kept: return "accents";
    case FeatureKind::pair: return "pair";
    case FeatureKind::letters: return "letters";
    case FeatureKind::mark: return "mark";
  }
  return "";
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

constexpr size_t kLettersMin = 3, kLettersMax = 5;

template <typename Found>
void letters_of(std::string_view word, std::string& padded, Found found) {
  padded = ' ';
  padded += word;
  padded += ' ';
  const std::string_view text = padded;
  bool is_any_full = false;
  for (size_t begin = 0; begin < text.size(); ++begin) {
    if (is_continuation(text[begin])) continue;
    FeatureHash hash(static_cast<char>(FeatureKind::letters));
    size_t end = begin;
    for (size_t count = 1; count <= kLettersMax && end < text.size(); ++count) {
      do {
        hash.add(text[end++]);
      } while (end < text.size() && is_continuation(text[end]));
      if (count < kLettersMin) continue;
      is_any_full = true;
      found(Feature{hash.value(), Group::letters}, FeatureKind::letters,
            text.substr(begin, end - begin));
    }
  }
  if (is_any_full) return;
  FeatureHash hash(static_cast<char>(FeatureKind::letters));
  hash.add(text);
  found(Feature{hash.value(), Group::letters}, FeatureKind::letters, text);
}

template <typename Found>
void for_each_feature(std::span<const Word> words, Found found) {
  const auto add = [&](FeatureKind kind, Group group, std::string_view spelling) {
    FeatureHash hash(static_cast<char>(kind));
    hash.add(spelling);
    found(Feature{hash.value(), group}, kind, spelling);
  };
  std::string before = "^", pair, padded;
  for (const Word& word : words) {
    if (word.is_mark) {
      add(FeatureKind::mark, Group::words, word.kept);
      continue;
    }
    add(FeatureKind::word, Group::words, word.folded);
    if (word.kept != word.folded) add(FeatureKind::kept, Group::words, word.kept);
    pair = before;
    pair += ' ';
    pair += word.folded;
    add(FeatureKind::pair, Group::words, pair);
    before = word.folded;
    letters_of(word.folded, padded, found);
  }
  if (before != "^") {
    pair = before + " $";
    add(FeatureKind::pair, Group::words, pair);
  }
}

}  // namespace

void name_features(std::span<const Word> words, const FoundFeature& found) {
  for_each_feature(words, [&](Feature feature, FeatureKind kind, std::string_view spelling) {
    found(feature, name_of(kind), spelling);
  });
}

Feature feature_of(const Word& word) {
  FeatureHash hash(static_cast<char>(word.is_mark ? FeatureKind::mark : FeatureKind::word));
  hash.add(word.is_mark ? word.kept : word.folded);
  return {hash.value(), Group::words};
}

void collect_features(std::span<const Word> words, std::vector<Feature>& out) {
  out.clear();
  for_each_feature(words,
                   [&](Feature feature, FeatureKind, std::string_view) { out.push_back(feature); });
}

void Vocabulary::weigh(std::span<const Feature> features, Vector& out) const {
  out.clear();
  for (const Feature& feature : features) {
    const uint32_t id = find(feature.hash);
    if (id != kUnknown) out.push_back({id, 1.0F});
  }
  std::ranges::sort(out, {}, &Entry::id);
  size_t kept = 0;
  for (size_t i = 0; i < out.size();) {
    size_t end = i;
    while (end < out.size() && out[end].id == out[i].id) ++end;
    const auto times = static_cast<double>(end - i);
    const double tf = end - i == 1 ? 1.0 : 1.0 + log_of(times);
    out[kept++] = {out[i].id, static_cast<float>(tf) * rarity[out[i].id]};
    i = end;
  }
  out.resize(kept);
  float squares[kGroups] = {};
  for (const Entry& entry : out) squares[groups[entry.id]] += entry.value * entry.value;
  float share[kGroups] = {};
  for (size_t g = 0; g < kGroups; ++g) {
    share[g] = squares[g] > 0 ? 1.0F / std::sqrt(squares[g]) : 0.0F;
  }
  for (Entry& entry : out) entry.value *= share[groups[entry.id]];
}

VocabularyData learn_vocabulary(std::span<const std::vector<Feature>> texts, size_t texts_min) {
  struct Seen {
    uint32_t texts = 0, last = UINT32_MAX;
    uint8_t group = 0;
  };
  std::unordered_map<uint64_t, Seen> seen;
  std::vector<uint64_t> in_order;
  for (uint32_t t = 0; t < texts.size(); ++t) {
    for (const Feature& feature : texts[t]) {
      // A table of slots compares 40 bits of the hash; here the whole of it counts.
      auto [at, is_new] = seen.try_emplace(feature.hash);
      if (is_new) {
        at->second.group = static_cast<uint8_t>(feature.group);
        in_order.push_back(feature.hash);
      }
      if (at->second.last == t) continue;
      at->second.last = t;
      ++at->second.texts;
    }
  }
  VocabularyData out;
  std::vector<uint64_t> hashes;
  for (const uint64_t hash : in_order) {
    const Seen& entry = seen.at(hash);
    if (entry.texts < texts_min || hashes.size() == kVocabularyMax) continue;
    hashes.push_back(hash);
    out.groups.push_back(entry.group);
    const double rarity = (1.0 + static_cast<double>(texts.size())) / (1.0 + entry.texts);
    out.rarity.push_back(static_cast<float>(1.0 + log_of(rarity)));
  }
  out.slots.assign(std::bit_ceil(hashes.size() * 2 + 2), 0);
  const size_t mask = out.slots.size() - 1;
  for (size_t id = 0; id < hashes.size(); ++id) {
    size_t i = hashes[id] & mask;
    while (out.slots[i] != 0) i = (i + 1) & mask;
    out.slots[i] = (hashes[id] >> 24 << 24) | (id + 1);
  }
  return out;
}

}  // namespace millrace::nlu
