#include "solutions/models/parsing.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::solutions {
namespace {

using Words = std::vector<std::string>;  // each once, in order

// Without case, and marks within and around them.
Words words_of(std::string_view text) {
  Words words;
  for (const std::string_view word : base::split(text, ' ')) {
    if (std::string plain = base::squash(word); !plain.empty()) words.push_back(std::move(plain));
  }
  std::ranges::sort(words);
  const auto twice = std::ranges::unique(words);
  words.erase(twice.begin(), twice.end());
  return words;
}

double likeness_of(const Words& one, const Words& other) {
  Words both;
  std::ranges::set_intersection(one, other, std::back_inserter(both));
  const size_t all = one.size() + other.size() - both.size();
  return all == 0 ? 0 : static_cast<double>(both.size()) / static_cast<double>(all);
}

class Neighbours {
 public:
  explicit Neighbours(const std::vector<nlu::Example>& examples) : examples_(examples) {
    for (const nlu::Example& example : examples) words_.push_back(words_of(example.text));
  }

  std::vector<NearExample> of(std::string_view text, size_t most) const {
    const Words words = words_of(text);
    std::vector<std::pair<double, size_t>> found;
    for (size_t i = 0; i < words_.size(); ++i) {
      const double likeness = likeness_of(words, words_[i]);
      if (likeness > 0) found.emplace_back(-likeness, i);
    }
    const size_t count = std::min(most, found.size());
    std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(count));
    std::vector<NearExample> out;
    for (size_t i = 0; i < count; ++i) {
      const nlu::Example& example = examples_[found[i].second];
      out.push_back({example.text, example.intent, -found[i].first});
    }
    return out;
  }

 private:
  const std::vector<nlu::Example>& examples_;
  std::vector<Words> words_;
};

}  // namespace

base::Result<std::vector<Parsed>> parse(const std::string& bytes,
                                        const std::vector<nlu::Example>& examples,
                                        const std::vector<std::string>& texts,
                                        const ParseChoice& choice) {
  const auto model = nlu::Model::read(std::as_bytes(std::span(bytes)));
  if (!model) return std::unexpected(model.error());
  const Neighbours neighbours(examples);
  std::vector<Parsed> out;
  for (const std::string& text : texts) {
    const auto understood = model->understand(text, choice.guesses_max);
    auto explained = model->explain(text);
    Parsed parsed;
    for (const nlu::Guess& guess : understood.guesses) {
      parsed.guesses.emplace_back(guess.intent, guess.probability);
    }
    parsed.is_in_scope = understood.is_in_scope;
    parsed.is_close = understood.is_close;
    parsed.known = understood.known;
    parsed.threshold = explained.threshold;
    parsed.evidence = std::move(explained.evidence);
    if (!understood.guesses.empty()) {
      parsed.slots = model->find_slots(text, understood.guesses.front().intent);
    }
    parsed.entities = nlu::find_entities(text, choice.locale, choice.today);
    parsed.nearest = neighbours.of(text, choice.nearest_max);
    out.push_back(std::move(parsed));
  }
  return out;
}

}  // namespace millrace::solutions
