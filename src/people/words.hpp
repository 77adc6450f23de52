// Names that many have in common (of events, traits, purposes, sources, types), each kept once and
// known by a number. The numbers depend on the order in which names came, so nothing is decided by
// them and none is ever written down.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace millrace::people {

using Word = uint32_t;

class Words {
 public:
  static constexpr Word kNone = 0;  // no name, or one that is not kept
  static constexpr size_t kMax = 200'000;
  static constexpr size_t kBytesMax = 200;

  // kNone for "", for what is longer than kBytesMax, and for new ones when there are kMax.
  Word learn(std::string_view text) {
    if (text.empty() || text.size() > kBytesMax) return kNone;
    if (const auto found = numbers_.find(text); found != numbers_.end()) return found->second;
    if (texts_.size() > kMax) return kNone;
    const std::string& kept = texts_.emplace_back(text);
    const auto number = static_cast<Word>(texts_.size() - 1);
    numbers_.emplace(kept, number);
    return number;
  }
  const std::string& text(Word word) const { return texts_[word]; }

 private:
  std::deque<std::string> texts_ = {""};  // which stay where they are
  std::unordered_map<std::string_view, Word> numbers_;
};

}  // namespace millrace::people
