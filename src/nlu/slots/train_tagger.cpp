#include <algorithm>
#include <map>
#include <numeric>

#include "nlu/learn/arithmetic.hpp"
#include "nlu/learn/kernels.hpp"
#include "nlu/slots/tagger.hpp"
#include "nlu/slots/words_around.hpp"

namespace millrace::nlu {
namespace {

constexpr int kRounds = 8;
constexpr size_t kTextsMin = 2;  // of a feature, where there are many examples
constexpr size_t kFewExamples = 500;
constexpr float kMargin = 2.0F;
constexpr float kBiases[] = {0, 0.5F, 1, 1.5F, 2, 3, 4, 5};
constexpr double kChance = 0.003;  // by which a share of spans differs for nothing

// One example, cut and tagged; `of` is itself, or the one that it was made of.
struct Tagged {
  std::string_view intent;
  size_t of = 0;
  std::vector<Word> words;
  std::vector<uint32_t> tags;
  std::vector<std::vector<Entry>> entries;  // of each word
};

class Trainer {
 public:
  Trainer(std::span<const Example> examples, std::span<const Framed> framed, uint64_t seed)
      : seed_(seed), own_(examples.size()) {
    std::map<std::string_view, uint32_t> ids;
    for (const Example& example : examples) {
      for (const Span& span : example.slots) {
        const bool may = ids.size() < kSlotNamesMax && !span.slot.contains('\n');
        if (may) ids.try_emplace(span.slot, 0);
      }
    }
    for (auto& [name, id] : ids) {
      id = static_cast<uint32_t>(names_.size());
      names_.push_back(name);
    }
    if (names_.empty()) return;
    tags_ = 1 + 2 * names_.size();
    const auto add = [&](const Example& example, size_t of) {
      tagged_.push_back(tag(example, ids));
      tagged_.back().intent = example.intent;
      tagged_.back().of = of;
    };
    for (size_t i = 0; i < examples.size(); ++i) add(examples[i], i);
    for (const Framed& one : framed) add(one.example, one.of);
    learn_phrases();
    learn_features();
  }

  bool is_needed() const { return !names_.empty(); }

  void train(FileWriter& file) {
    const float bias = choose_bias();
    std::vector<uint32_t> all(tagged_.size());
    std::iota(all.begin(), all.end(), 0U);
    fit(all, kRounds);
    std::string names;
    for (const std::string_view name : names_) names += std::string(name) + '\n';
    file.add_bytes(Section::slot_names, names);
    file.add<uint64_t>(Section::slot_slots, vocabulary_.slots);
    std::vector<float> scales;
    file.add<int8_t>(Section::slot_rows, shrink_rows(weights_, tags_, scales));
    file.add<float>(Section::slot_scales, scales);
    file.add<float>(Section::slot_moves, moves_);
    file.add<uint64_t>(Section::slot_phrases, phrases_);
    file.add<float>(Section::slot_bias, std::span(&bias, 1));
  }

 private:
  static Tagged tag(const Example& example, const std::map<std::string_view, uint32_t>& ids) {
    Tagged out;
    out.words = words_of(std::string_view(example.text).substr(0, kExampleBytesMax));
    out.tags.assign(out.words.size(), 0);
    for (const Span& span : example.slots) {
      const auto id = ids.find(span.slot);
      bool is_first = true;
      for (size_t i = 0; i < out.words.size() && id != ids.end(); ++i) {
        if (out.words[i].begin >= span.end || out.words[i].end <= span.begin) continue;
        out.tags[i] = 1 + 2 * id->second + (is_first ? 0 : 1);
        is_first = false;
      }
    }
    return out;
  }

  template <typename F>
  static void for_each_slot(const Tagged& one, F found) {
    for (size_t i = 0; i < one.tags.size(); ++i) {
      if (one.tags[i] % 2 == 0) continue;
      size_t end = i + 1;
      while (end < one.tags.size() && one.tags[end] == one.tags[i] + 1) ++end;
      if (end - i > kPhraseWordsMax) continue;
      const uint64_t hash = phrase_hash(std::span(one.words).subspan(i, end - i));
      found(hash | (one.tags[i] - 1) / 2);
    }
  }

  void learn_phrases() {
    for (const Tagged& one : std::span(tagged_).first(own_)) {
      for_each_slot(one, [&](uint64_t phrase) { ++uses_[phrase]; });
    }
    for (const auto& [phrase, count] : uses_) phrases_.push_back(phrase);
  }

  // What an example itself brought in does not count for it.
  void learn_features() {
    std::vector<std::vector<std::vector<uint64_t>>> around;
    std::vector<std::vector<Feature>> texts;
    for (size_t i = 0; i < tagged_.size(); ++i) {
      std::map<uint64_t, size_t> own;
      for_each_slot(tagged_[i], [&](uint64_t phrase) { ++own[phrase]; });
      const auto may_use = [&](uint64_t phrase) {
        const auto mine = own.find(phrase);
        return mine == own.end() || uses_.at(phrase) > mine->second;
      };
      around.push_back(features_around(tagged_[i].words, tagged_[i].intent, phrases_, may_use));
      texts.emplace_back();
      for (const auto& word : around.back()) {
        for (const uint64_t hash : word) texts.back().push_back({hash, Group::words});
      }
    }
    vocabulary_ = learn_vocabulary(texts, own_ < kFewExamples ? 1 : kTextsMin);
    const Vocabulary vocabulary = vocabulary_.view();
    for (size_t i = 0; i < tagged_.size(); ++i) {
      for (const auto& word : around[i]) {
        auto& entries = tagged_[i].entries.emplace_back();
        for (const uint64_t hash : word) {
          const uint32_t id = vocabulary.find(hash);
          if (id != Vocabulary::kUnknown) entries.push_back({id, 1.0F});
        }
      }
    }
  }

  std::vector<uint32_t> decode(const Tagged& one, const std::vector<uint32_t>* right, float bias) {
    scores_.assign(one.words.size() * tags_, 0.0F);
    for (size_t i = 0; i < one.words.size(); ++i) {
      const std::span mine(scores_.data() + i * tags_, tags_);
      add_rows(mine, weights_.data(), one.entries[i]);
      mine[0] -= bias;
      if (right == nullptr) continue;
      for (size_t t = 0; t < tags_; ++t) mine[t] += t == (*right)[i] ? 0.0F : kMargin;
    }
    return best_tags(scores_, moves_, tags_);
  }

  void move(size_t from, size_t to, float change, float share) {
    moves_[from * tags_ + to] += change;
    moves_sum_[from * tags_ + to] += change * share;
  }

  void learn(const Tagged& one, float share) {
    const auto guessed = decode(one, &one.tags, 0);
    uint32_t before_right = 0, before_guess = 0;
    for (size_t i = 0; i < one.tags.size(); ++i) {
      const uint32_t right = one.tags[i], guess = guessed[i];
      if (right != guess) {
        for (const Entry& entry : one.entries[i]) {
          float* row = &weights_[entry.id * tags_];
          float* sum = &sums_[entry.id * tags_];
          row[right] += 1;
          sum[right] += share;
          row[guess] -= 1;
          sum[guess] -= share;
        }
      }
      if (right != guess || before_right != before_guess) {
        // What may not follow was forced by the example, as where one slot lies in another.
        if (may_follow(before_right, right)) move(before_right, right, 1, share);
        move(before_guess, guess, -1, share);
      }
      before_right = right;
      before_guess = guess;
    }
  }

  void fit(std::vector<uint32_t> order, int rounds) {
    weights_.assign(vocabulary_.rarity.size() * tags_, 0.0F);
    sums_ = weights_;
    moves_.assign(tags_ * tags_, 0.0F);
    moves_sum_ = moves_;
    for (size_t p = 0; p < tags_; ++p) {
      for (size_t t = 0; t < tags_; ++t) {
        if (!may_follow(p, t)) moves_[p * tags_ + t] = kNever;
      }
    }
    Sequence sequence(seed_);
    const double steps = static_cast<double>(order.size()) * rounds;
    double done = 0;
    for (int round = 0; round < rounds; ++round) {
      sequence.shuffle(std::span(order));
      // A step counts for the share of the way on which it holds.
      for (const uint32_t i : order) learn(tagged_[i], static_cast<float>(done++ / steps));
    }
    for (size_t i = 0; i < weights_.size(); ++i) weights_[i] -= sums_[i];
    for (size_t i = 0; i < moves_.size(); ++i) moves_[i] -= moves_sum_[i];
  }

  // On a tenth that is held out: how much the outside tag has to lose for the best F1.
  float choose_bias() {
    std::vector<uint32_t> learned, held;
    for (uint32_t i = 0; i < tagged_.size(); ++i) {
      if (tagged_[i].of % 10 != 3) {
        learned.push_back(i);
      } else if (i < own_) {
        held.push_back(i);
      }
    }
    if (held.size() < 20) return 0;
    fit(learned, kRounds / 2);
    std::vector<double> found_by;
    for (const float bias : kBiases) found_by.push_back(f1_of(held, bias));
    // Of those that are as good as the best one but for chance, the smallest.
    const double enough = std::ranges::max(found_by) - kChance;
    const auto first = std::ranges::find_if(found_by, [&](double f1) { return f1 >= enough; });
    return kBiases[first - found_by.begin()];
  }

  double f1_of(const std::vector<uint32_t>& held, float bias) {
    size_t right = 0, all = 1;
    for (const uint32_t i : held) {
      const Tagged& one = tagged_[i];
      const auto found = spans_of(one.words, decode(one, nullptr, bias), names_);
      const auto wanted = spans_of(one.words, one.tags, names_);
      all += found.size() + wanted.size();
      for (const Span& span : found) right += std::ranges::count(wanted, span) > 0 ? 1 : 0;
    }
    return 2.0 * static_cast<double>(right) / static_cast<double>(all);
  }

  uint64_t seed_;
  size_t own_;  // that many examples come before those that were made of them
  std::vector<std::string_view> names_;
  size_t tags_ = 0;
  std::vector<Tagged> tagged_;
  std::map<uint64_t, size_t> uses_;
  std::vector<uint64_t> phrases_;
  VocabularyData vocabulary_;
  std::vector<float> weights_, sums_, moves_, moves_sum_, scores_;
};

}  // namespace

void train_tagger(std::span<const Example> examples, std::span<const Framed> framed, uint64_t seed,
                  FileWriter& file) {
  Trainer trainer(examples, framed, seed);
  if (trainer.is_needed()) trainer.train(file);
}

}  // namespace millrace::nlu
