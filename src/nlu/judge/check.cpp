#include <algorithm>
#include <map>
#include <unordered_map>

#include "nlu/judge/judge.hpp"
#include "nlu/learn/arithmetic.hpp"
#include "nlu/text/words.hpp"

namespace millrace::nlu {
namespace {

constexpr size_t kFewExamples = 10;
// Texts with fewer words than this are not compared less one of them.
constexpr size_t kWordsMin = 4;

std::vector<std::string> sorted_words(std::string_view text) {
  std::vector<std::string> out;
  for (Word& word : words_of(text)) {
    if (!word.is_mark) out.push_back(std::move(word.folded));
  }
  std::ranges::sort(out);
  return out;
}

std::string joined(const std::vector<std::string>& words, size_t without) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i != without) out += words[i] + ' ';
  }
  return out;
}

// As words_of() has it, in its order.
std::string squeezed(std::string_view text) {
  std::string out;
  for (const Word& word : words_of(text)) {
    if (!word.is_mark) out += word.folded + ' ';
  }
  return out;
}

std::string shown(const Example& example) {
  return "“" + example.text + "” (" + (example.intent.empty() ? "out of scope" : example.intent) +
         ")";
}

void find_same(const std::vector<Example>& examples, std::vector<Finding>& out) {
  std::unordered_map<std::string, size_t> seen;
  for (size_t i = 0; i < examples.size(); ++i) {
    const auto [at, is_new] = seen.try_emplace(squeezed(examples[i].text), i);
    if (is_new) continue;
    const Example& before = examples[at->second];
    if (before.intent == examples[i].intent) {
      out.push_back(
          {Finding::Kind::duplicate, shown(examples[i]) + " is there twice.", at->second, i});
    } else {
      out.push_back({Finding::Kind::conflict,
                     shown(before) + " and " + shown(examples[i]) +
                         " are the same text. Keep it under one of the intents.",
                     at->second, i});
    }
  }
}

void find_near(const std::vector<Example>& examples, std::vector<Finding>& out) {
  std::unordered_map<std::string, size_t> seen;
  for (size_t i = 0; i < examples.size(); ++i) {
    const auto words = sorted_words(examples[i].text);
    if (words.size() < kWordsMin) continue;
    for (size_t without = 0; without < words.size(); ++without) {
      const auto [at, is_new] = seen.try_emplace(joined(words, without), i);
      if (is_new || at->second == i) continue;
      const Example& before = examples[at->second];
      if (before.intent == examples[i].intent) continue;
      if (squeezed(before.text) == squeezed(examples[i].text)) continue;
      out.push_back({Finding::Kind::near_duplicate,
                     shown(before) + " and " + shown(examples[i]) + " differ by a word.",
                     at->second, i});
      break;
    }
  }
}

}  // namespace

std::string_view to_string(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::conflict: return "conflict";
    case Finding::Kind::duplicate: return "duplicate";
    case Finding::Kind::near_duplicate: return "near_duplicate";
    case Finding::Kind::few_examples: return "few_examples";
    case Finding::Kind::leak: return "leak";
  }
  return "";
}

std::vector<Finding> check_examples(const std::vector<Example>& examples) {
  std::vector<Finding> out;
  find_same(examples, out);
  find_near(examples, out);
  std::map<std::string, size_t> counts;
  for (const Example& example : examples) ++counts[example.intent];
  for (const auto& [intent, count] : counts) {
    if (count >= kFewExamples || intent.empty()) continue;
    out.push_back(
        {Finding::Kind::few_examples, intent + " has " + std::to_string(count) +
                                          (count == 1 ? " example" : " examples") +
                                          "; from ten on an intent is told apart reliably."});
  }
  return out;
}

std::vector<Finding> find_leaks(const std::vector<Example>& train,
                                const std::vector<Example>& test) {
  std::unordered_map<std::string, size_t> seen;
  for (size_t i = 0; i < train.size(); ++i) seen.try_emplace(squeezed(train[i].text), i);
  std::vector<Finding> out;
  for (size_t i = 0; i < test.size(); ++i) {
    const auto at = seen.find(squeezed(test[i].text));
    if (at == seen.end()) continue;
    out.push_back(
        {Finding::Kind::leak, shown(test[i]) + " is among the examples as well.", at->second, i});
  }
  return out;
}

std::vector<std::vector<Example>> deal(const std::vector<Example>& examples, size_t parts,
                                       uint64_t seed) {
  std::map<std::string, std::vector<size_t>> by_intent;
  for (size_t i = 0; i < examples.size(); ++i) by_intent[examples[i].intent].push_back(i);
  std::vector<std::vector<size_t>> dealt(std::max<size_t>(parts, 1));
  Sequence sequence(seed);
  size_t next = 0;
  for (auto& [intent, mine] : by_intent) {
    sequence.shuffle(std::span(mine));
    for (const size_t i : mine) dealt[next++ % dealt.size()].push_back(i);
  }
  std::vector<std::vector<Example>> out(dealt.size());
  for (size_t p = 0; p < dealt.size(); ++p) {
    std::ranges::sort(dealt[p]);
    for (const size_t i : dealt[p]) out[p].push_back(examples[i]);
  }
  return out;
}

Divided put_aside(const std::vector<Example>& examples, double share, uint64_t seed) {
  std::map<std::string, std::vector<size_t>> by_intent;
  for (size_t i = 0; i < examples.size(); ++i) by_intent[examples[i].intent].push_back(i);
  std::vector<bool> is_aside(examples.size());
  Sequence sequence(seed);
  for (auto& [intent, mine] : by_intent) {
    sequence.shuffle(std::span(mine));
    const auto count = static_cast<size_t>(share * static_cast<double>(mine.size()) + 0.5);
    for (size_t i = 0; i < count && i < mine.size(); ++i) is_aside[mine[i]] = true;
  }
  Divided out;
  for (size_t i = 0; i < examples.size(); ++i) {
    (is_aside[i] ? out.aside : out.kept).push_back(examples[i]);
  }
  return out;
}

}  // namespace millrace::nlu
