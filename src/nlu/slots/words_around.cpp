#include "nlu/slots/words_around.hpp"

#include <algorithm>

#include "nlu/learn/kernels.hpp"
#include "nlu/text/feature_hash.hpp"

namespace millrace::nlu {
namespace {

// With an end behind each text, so that "ab", "c" is not "a", "bc".
class Hash {
 public:
  explicit Hash(char kind) : hash_(kind) { hash_.add(kEnd); }
  Hash& add(std::string_view text) {
    hash_.add(text);
    hash_.add(kEnd);
    return *this;
  }
  uint64_t value() const { return hash_.value(); }

 private:
  static constexpr char kEnd = '\xFF';
  FeatureHash hash_;
};

// "a", "0", "a0", ".": what a word looks like.
std::string shape_of(const Word& word) {
  if (word.is_mark) return ".";
  std::string out;
  for (const char c : word.folded) {
    const char kind = c >= '0' && c <= '9' ? '0' : 'a';
    if (out.empty() || out.back() != kind) out += kind;
  }
  return out;
}

std::string_view tail(std::string_view text, size_t n) {
  return text.substr(text.size() - std::min(n, text.size()));
}

void add_own(const Word& word, std::string_view intent, std::vector<uint64_t>& out) {
  const std::string_view own = word.folded;
  out.push_back(Hash('w').add(own).value());
  out.push_back(Hash('W').add(own).add(intent).value());
  if (word.kept != word.folded) out.push_back(Hash('k').add(word.kept).value());
  for (size_t n = 1; n <= 4 && own.size() > n; ++n) {
    out.push_back(Hash(static_cast<char>('0' + n)).add(own.substr(0, n)).value());
    out.push_back(Hash(static_cast<char>('5' + n)).add(tail(own, n)).value());
  }
  out.push_back(Hash('s').add(shape_of(word)).value());
  out.push_back(Hash('i').add(intent).value());
}

void add_phrases(std::span<const Word> words, Phrases phrases, const MayUse& may_use,
                 std::vector<std::vector<uint64_t>>& out) {
  if (phrases.empty()) return;
  for (size_t i = 0; i < words.size(); ++i) {
    for (size_t n = 1; n <= kPhraseWordsMax && i + n <= words.size(); ++n) {
      const uint64_t hash = phrase_hash(words.subspan(i, n));
      for (auto at = std::ranges::lower_bound(phrases, hash);
           at != phrases.end() && (*at >> 16) == (hash >> 16); ++at) {
        if (!may_use(*at)) continue;
        for (size_t j = 0; j < n; ++j) {
          const char place[] = {static_cast<char>(*at & 0xFF), n > 1 ? 'n' : '1',
                                j == 0       ? 'b'
                                : j + 1 == n ? 'e'
                                             : 'm'};
          out[i + j].push_back(Hash('l').add(std::string_view(place, 3)).value());
        }
      }
    }
  }
}

}  // namespace

uint64_t phrase_hash(std::span<const Word> words) {
  Hash hash('p');
  for (const Word& word : words) hash.add(word.folded);
  return hash.value() >> 16 << 16;
}

std::vector<std::vector<uint64_t>> features_around(std::span<const Word> words,
                                                   std::string_view intent, Phrases phrases,
                                                   const MayUse& may_use) {
  std::vector<std::vector<uint64_t>> out(words.size());
  const auto at = [&](size_t i, int offset) -> std::string_view {
    const auto j = static_cast<int64_t>(i) + offset;
    if (j < 0) return "^";
    if (j >= static_cast<int64_t>(words.size())) return "$";
    return words[static_cast<size_t>(j)].folded;
  };
  for (size_t i = 0; i < words.size(); ++i) {
    auto& mine = out[i];
    const auto add = [&](char kind, std::string_view a, std::string_view b = {}) {
      mine.push_back(Hash(kind).add(a).add(b).value());
    };
    add_own(words[i], intent, mine);
    add('a', at(i, -1));
    add('b', at(i, 1));
    add('c', at(i, -2));
    add('d', at(i, 2));
    add('e', at(i, -1), at(i, 0));
    add('f', at(i, 0), at(i, 1));
    add('g', at(i, -2), at(i, -1));
    add('h', at(i, 1), at(i, 2));
    add('A', at(i, -1), intent);
    add('B', at(i, 1), intent);
    add('x', tail(at(i, -1), 3));
    add('y', tail(at(i, 1), 3));
  }
  add_phrases(words, phrases, may_use, out);
  return out;
}

bool may_follow(size_t before, size_t tag) {
  const bool goes_on = tag > 0 && tag % 2 == 0;
  return !goes_on || before == tag || before + 1 == tag;
}

std::vector<uint32_t> best_tags(std::span<const float> scores, std::span<const float> moves,
                                size_t tags) {
  const size_t length = tags == 0 ? 0 : scores.size() / tags;
  std::vector<uint32_t> out(length);
  if (length == 0) return out;
  std::vector<float> now(tags), next(tags);
  std::vector<uint32_t> from(length * tags);
  // The first word follows what is outside.
  for (size_t t = 0; t < tags; ++t) now[t] = scores[t] + moves[t];
  for (size_t i = 1; i < length; ++i) {
    best_moves(now, moves.data(), next.data(), &from[i * tags]);
    for (size_t t = 0; t < tags; ++t) next[t] += scores[i * tags + t];
    std::swap(now, next);
  }
  auto tag = static_cast<size_t>(std::ranges::max_element(now) - now.begin());
  for (size_t i = length; i > 0; --i) {
    out[i - 1] = static_cast<uint32_t>(tag);
    tag = from[(i - 1) * tags + tag];
  }
  return out;
}

std::vector<Span> spans_of(std::span<const Word> words, std::span<const uint32_t> tags,
                           std::span<const std::string_view> names) {
  std::vector<Span> out;
  for (size_t i = 0; i < tags.size(); ++i) {
    if (tags[i] == 0) continue;
    const bool begins = tags[i] % 2 == 1 || i == 0 || tags[i - 1] == 0;
    if (begins) {
      out.push_back({words[i].begin, words[i].end, std::string(names[(tags[i] - 1) / 2])});
    } else {
      out.back().end = words[i].end;
    }
  }
  return out;
}

}  // namespace millrace::nlu
