#include <map>

#include "nlu/learn/kernels.hpp"
#include "nlu/learn/net.hpp"
#include "nlu/model/file.hpp"
#include "nlu/nlu.hpp"

namespace millrace::nlu {
namespace {

// A feature of fewer texts says too little about words in general to take up room in every model.
constexpr size_t kTextsMin = 10;
constexpr size_t kTextsMinOfFew = 2, kFewTexts = 20'000;

struct Gathered {
  Examples examples;
  std::vector<Head> heads;
  VocabularyData vocabulary;
};

Gathered gather(std::span<const ExampleSet> sets) {
  std::map<std::string_view, std::map<std::string_view, uint32_t>> ids;
  size_t count = 0;
  for (const ExampleSet& set : sets) {
    for (const Example& example : set.examples) ids[set.name].try_emplace(example.intent, 0);
    count += set.examples.size();
  }
  Gathered out;
  std::map<std::string_view, Head> head_of;
  uint32_t next = 0;
  for (auto& [name, intents] : ids) {
    Head head{next, next};
    for (auto& [intent, id] : intents) id = next++;
    head.end = next;
    head_of[name] = head;
  }
  std::vector<std::vector<Feature>> features;
  features.reserve(count);
  for (const ExampleSet& set : sets) {
    for (const Example& example : set.examples) {
      features.emplace_back();
      collect_features(words_of(std::string_view(example.text).substr(0, kExampleBytesMax)),
                       features.back());
      out.heads.push_back(head_of[set.name]);
      out.examples.labels.push_back(ids[set.name][example.intent]);
    }
  }
  out.vocabulary = learn_vocabulary(features, count < kFewTexts ? kTextsMinOfFew : kTextsMin);
  const Vocabulary vocabulary = out.vocabulary.view();
  out.examples.classes = next;
  out.examples.features = vocabulary.rarity.size();
  out.examples.vectors.resize(features.size());
  for (size_t i = 0; i < features.size(); ++i) {
    vocabulary.weigh(features[i], out.examples.vectors[i]);
  }
  return out;
}

}  // namespace

base::Result<std::string> train_base(std::span<const ExampleSet> sets, uint64_t seed) {
  const Gathered gathered = gather(sets);
  if (gathered.examples.labels.size() < 2 || gathered.examples.labels.size() > kExamplesMax) {
    return base::fail(base::Code::invalid_argument,
                      "A base needs at least two examples, and at most a million.");
  }
  const NetOptions options{.hidden = 128,
                           .rounds = 8,
                           .rate = 0.03F,
                           .dropout = 0.3F,
                           .input_dropout = 0.3F,
                           .smoothing = 0.1F,
                           .seed = seed};
  const Net net = train_net_of_heads(gathered.examples, gathered.heads, options);
  std::vector<float> scales;
  const auto rows = shrink_rows(net.in.rows, net.in.width, scales);
  FileWriter file;
  file.add<uint64_t>(Section::base_slots, gathered.vocabulary.slots);
  file.add<float>(Section::base_rarity, gathered.vocabulary.rarity);
  file.add<uint8_t>(Section::base_groups, gathered.vocabulary.groups);
  file.add<int8_t>(Section::base_rows, rows);
  file.add<float>(Section::base_scales, scales);
  file.add<float>(Section::base_bias, net.in_bias);
  return file.finish(FileKind::base);
}

}  // namespace millrace::nlu
