#include <algorithm>
#include <map>
#include <memory>
#include <numeric>

#include "nlu/learn/arithmetic.hpp"
#include "nlu/learn/calibrate.hpp"
#include "nlu/learn/folds.hpp"
#include "nlu/learn/frames.hpp"
#include "nlu/learn/kernels.hpp"
#include "nlu/learn/net.hpp"
#include "nlu/learn/run_all.hpp"
#include "nlu/nlu.hpp"

namespace millrace::nlu {
namespace {

using base::Result;

constexpr size_t kHidden = 128;
// From so many examples on, one of the five folds is held out once, instead of each in its turn.
constexpr size_t kOneFoldFrom = 3'000;

// Everything that is learned from the examples of one fold, or of all.
struct Learned {
  VocabularyData vocabulary;
  Weights linear;
  Net net;
};

class Trainer {
 public:
  Trainer(std::span<const Example> examples, const TrainOptions& options, const BaseView& base)
      : examples_(examples), options_(options), base_(base) {
    std::map<std::string_view, uint32_t> ids;
    for (const Example& example : examples) {
      if (example.intent.empty()) has_outside_ = true;
      if (example.intent.empty() || !ids.try_emplace(example.intent, ids.size()).second) continue;
      labels_.emplace_back(example.intent);
    }
    if (has_outside_) labels_.emplace_back();
    const auto outside = static_cast<uint32_t>(labels_.size() - 1);
    framed_ = framed_examples(examples, options.seed);
    const auto add = [&](const Example& example) {
      label_of_.push_back(example.intent.empty() ? outside : ids.at(example.intent));
      collect_features(words_of(std::string_view(example.text).substr(0, kExampleBytesMax)),
                       features_.emplace_back());
    };
    for (const Example& example : examples) add(example);
    for (const Framed& one : framed_) add(one.example);
    hidden_ = base.is_empty() ? kHidden : base.bias.size();
    if (!base.is_empty()) {
      general_.resize(features_.size() * hidden_);
      for (size_t i = 0; i < features_.size(); ++i) {
        base.hidden_of(features_[i], std::span(general_).subspan(i * hidden_, hidden_));
      }
    }
  }

  size_t intents() const { return labels_.size() - (has_outside_ ? 1 : 0); }

  Result<std::string> train() {
    std::vector<uint32_t> all(examples_.size()), all_and_framed(features_.size());
    std::iota(all.begin(), all.end(), 0U);
    std::iota(all_and_framed.begin(), all_and_framed.end(), 0U);
    const auto folds = divide(std::span(label_of_).first(examples_.size()), labels_.size(),
                              has_few() ? kFolds : 1, options_.seed);
    Learned whole;
    std::vector<Learned> parts(folds.size());
    Tasks tasks;
    FileWriter file;
    tasks.emplace_back([&] {
      train_tagger(examples_, framed_, options_.seed, file);
      tell("slots");
    });
    add_tasks(all_and_framed, whole, "all examples", tasks);
    std::vector<std::vector<uint32_t>> rest(folds.size());
    for (size_t f = 0; f < folds.size(); ++f) {
      std::vector<bool> is_held(examples_.size());
      for (const uint32_t i : folds[f]) is_held[i] = true;
      for (const uint32_t i : all) {
        if (!is_held[i]) rest[f].push_back(i);
      }
      // Of many examples one in seven is framed, which hardly changes how sure the models are.
      if (has_few()) add_framed(is_held, rest[f]);
      add_tasks(rest[f], parts[f], "held-out part " + std::to_string(f + 1), tasks);
    }
    if (!run_all(tasks, options_))
      return base::fail(base::Code::unavailable, "the training was given up");
    HeldOut held_out;
    for (size_t f = 0; f < folds.size(); ++f) held_out.append(score(folds[f], parts[f]));
    parts.clear();
    tell("calibrated");
    return write(whole, calibrate(held_out, has_outside_), file);
  }

 private:
  void tell(std::string_view step) {
    if (options_.progress) options_.progress(step);
  }

  bool has_few() const { return examples_.size() < kOneFoldFrom; }

  // What was made of the examples that are not held out.
  void add_framed(const std::vector<bool>& is_held, std::vector<uint32_t>& chosen) const {
    for (size_t j = 0; j < framed_.size(); ++j) {
      if (!is_held[framed_[j].of]) chosen.push_back(static_cast<uint32_t>(examples_.size() + j));
    }
  }

  // As many steps as the examples would take without frames; ten rounds of many examples do.
  int rounds() const {
    return has_few() ? static_cast<int>(20 * examples_.size() / features_.size()) : 10;
  }

  // How rare a feature is in general says more than a few examples can.
  void lend_rarity(VocabularyData& vocabulary) const {
    constexpr float kShare = 0.7F;
    const Vocabulary own = vocabulary.view();
    std::vector<bool> is_done(vocabulary.rarity.size());
    for (const auto& features : features_) {
      for (const Feature& feature : features) {
        const uint32_t mine = own.find(feature.hash);
        if (mine == Vocabulary::kUnknown || is_done[mine]) continue;
        is_done[mine] = true;
        const uint32_t general = base_.vocabulary.find(feature.hash);
        if (general == Vocabulary::kUnknown) continue;
        vocabulary.rarity[mine] =
            (1.0F - kShare) * vocabulary.rarity[mine] + kShare * base_.vocabulary.rarity[general];
      }
    }
  }

  Examples vectors_of(const std::vector<uint32_t>& chosen, Learned& out) const {
    std::vector<std::vector<Feature>> features;
    for (const uint32_t i : chosen) features.push_back(features_[i]);
    out.vocabulary = learn_vocabulary(features, 1);
    if (!base_.is_empty()) lend_rarity(out.vocabulary);
    const Vocabulary vocabulary = out.vocabulary.view();
    Examples examples;
    examples.classes = labels_.size();
    examples.features = vocabulary.rarity.size();
    examples.vectors.resize(chosen.size());
    for (size_t j = 0; j < chosen.size(); ++j) {
      vocabulary.weigh(features[j], examples.vectors[j]);
      examples.labels.push_back(label_of_[chosen[j]]);
    }
    return examples;
  }

  std::span<const float> general_of(uint32_t i) const {
    if (general_.empty()) return {};
    return std::span(general_).subspan(i * hidden_, hidden_);
  }

  void add_tasks(const std::vector<uint32_t>& chosen, Learned& out, const std::string& name,
                 Tasks& tasks) {
    auto examples = std::make_shared<Examples>(vectors_of(chosen, out));
    tasks.emplace_back([this, examples, &chosen, &out, name] {
      Examples mine = *examples;
      if (!base_.is_empty()) {
        for (size_t j = 0; j < chosen.size(); ++j) {
          add_base_features(general_of(chosen[j]), static_cast<uint32_t>(mine.features),
                            mine.vectors[j]);
        }
        mine.features += hidden_;
      }
      out.linear = train_linear(mine, {.cost = 0.7F, .seed = options_.seed});
      tell("linear model of " + name);
    });
    tasks.emplace_back([this, examples, &chosen, &out, name] {
      std::vector<float> general;
      for (const uint32_t i : chosen) {
        const auto one = general_of(i);
        general.insert(general.end(), one.begin(), one.end());
      }
      const NetOptions options{.hidden = hidden_,
                               .rounds = rounds(),
                               .rate = 0.025F,
                               .dropout = 0.3F,
                               .input_dropout = 0.2F,
                               .smoothing = 0.1F,
                               .seed = options_.seed + 1};
      out.net = train_net(*examples, general, options);
      tell("net of " + name);
    });
  }

  HeldOut score(const std::vector<uint32_t>& held, const Learned& learned) const {
    HeldOut out;
    out.classes = labels_.size();
    out.linear.resize(held.size() * out.classes);
    out.net.resize(held.size() * out.classes);
    const Vocabulary vocabulary = learned.vocabulary.view();
    std::vector<float> hidden(hidden_);
    Vector vector;
    for (size_t j = 0; j < held.size(); ++j) {
      vocabulary.weigh(features_[held[j]], vector);
      learned.net.scores(vector, general_of(held[j]), hidden,
                         std::span(out.net).subspan(j * out.classes, out.classes));
      if (!base_.is_empty()) {
        add_base_features(general_of(held[j]), static_cast<uint32_t>(vocabulary.rarity.size()),
                          vector);
      }
      learned.linear.scores(vector, std::span(out.linear).subspan(j * out.classes, out.classes));
      out.labels.push_back(label_of_[held[j]]);
    }
    return out;
  }

  static void add_rows(FileWriter& file, Section rows, Section scales, const Weights& weights) {
    std::vector<float> shares;
    file.add<int8_t>(rows, shrink_rows(weights.rows, weights.width, shares));
    file.add<float>(scales, shares);
  }

  std::string write(const Learned& learned, const Calibration& calibration,
                    FileWriter& file) const {
    std::string bytes;
    std::vector<uint32_t> ends;
    for (const std::string& label : labels_) {
      bytes += label;
      ends.push_back(static_cast<uint32_t>(bytes.size()));
    }
    file.add_bytes(Section::label_bytes, bytes);
    file.add<uint32_t>(Section::label_ends, ends);
    file.add<uint64_t>(Section::own_slots, learned.vocabulary.slots);
    file.add<float>(Section::own_rarity, learned.vocabulary.rarity);
    file.add<uint8_t>(Section::own_groups, learned.vocabulary.groups);
    add_rows(file, Section::linear_rows, Section::linear_scales, learned.linear);
    add_rows(file, Section::in_rows, Section::in_scales, learned.net.in);
    file.add<float>(Section::in_bias, learned.net.in_bias);
    file.add<float>(Section::out_rows, learned.net.out.rows);
    file.add<float>(Section::out_bias, learned.net.out_bias);
    const float numbers[] = {calibration.linear_scale, calibration.net_scale,
                             calibration.linear_share, calibration.threshold,
                             calibration.has_outside};
    file.add<float>(Section::calibration, numbers);
    if (!base_.is_empty()) {
      file.add<uint64_t>(Section::base_slots, base_.vocabulary.slots);
      file.add<float>(Section::base_rarity, base_.vocabulary.rarity);
      file.add<uint8_t>(Section::base_groups, base_.vocabulary.groups);
      file.add<int8_t>(Section::base_rows, base_.rows.rows);
      file.add<float>(Section::base_scales, base_.rows.scales);
      file.add<float>(Section::base_bias, base_.bias);
    }
    return file.finish(FileKind::model);
  }

  std::span<const Example> examples_;
  const TrainOptions& options_;
  const BaseView& base_;
  bool has_outside_ = false;
  size_t hidden_ = 0;
  std::vector<std::string> labels_;
  std::vector<Framed> framed_;
  // Of the examples, then of the framed ones.
  std::vector<uint32_t> label_of_;
  std::vector<std::vector<Feature>> features_;
  std::vector<float> general_;  // what the base says of each example
};

}  // namespace

Result<std::string> train(std::span<const Example> examples, const TrainOptions& options) {
  using base::Code;
  if (examples.size() > kExamplesMax) {
    return base::fail(Code::invalid_argument, "There are more than " +
                                                  std::to_string(kExamplesMax) +
                                                  " examples. Leave out the least useful ones.");
  }
  BaseView view;
  if (!options.base.empty()) {
    const auto file = FileReader::open(options.base, FileKind::base);
    if (!file) return std::unexpected(file.error());
    const auto base = read_base(*file);
    if (!base) return std::unexpected(base.error());
    view = *base;
  }
  Trainer trainer(examples, options, view);
  if (trainer.intents() < 2) {
    return base::fail(Code::invalid_argument,
                      "Fewer than two intents have examples. Add examples of another one.");
  }
  if (trainer.intents() > kIntentsMax) {
    return base::fail(Code::invalid_argument, "There are more than " + std::to_string(kIntentsMax) +
                                                  " intents. Put those together that are alike.");
  }
  return trainer.train();
}

}  // namespace millrace::nlu
