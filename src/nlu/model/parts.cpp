#include "nlu/model/parts.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "nlu/learn/kernels.hpp"

namespace millrace::nlu {
namespace {

using base::Result;

std::unexpected<base::Error> refuse(std::string_view what) {
  return base::fail(base::Code::data_loss, "This is no usable NLU model: " + std::string(what) +
                                               ". Train it again with `nlu train`.");
}

bool all_finite(std::span<const float> numbers) {
  return std::ranges::all_of(numbers, [](float f) { return std::isfinite(f); });
}

bool is_whole(const Vocabulary& vocabulary) {
  const size_t n = vocabulary.rarity.size();
  if (vocabulary.groups.size() != n || n > kVocabularyMax || !all_finite(vocabulary.rarity)) {
    return false;
  }
  if (!std::has_single_bit(vocabulary.slots.size())) return false;
  const auto id_is_known = [&](uint64_t slot) { return slot == 0 || (slot & 0xFFFFFF) - 1 < n; };
  return std::ranges::find(vocabulary.slots, 0U) != vocabulary.slots.end() &&
         std::ranges::all_of(vocabulary.slots, id_is_known) &&
         std::ranges::all_of(vocabulary.groups, [](uint8_t group) { return group < kGroups; });
}

Result<Vocabulary> read_vocabulary(const FileReader& file, Section slots, Section rarity,
                                   Section groups) {
  const auto s = file.get<uint64_t>(slots);
  const auto r = file.get<float>(rarity);
  const auto g = file.get<uint8_t>(groups);
  if (!s) return std::unexpected(s.error());
  if (!r) return std::unexpected(r.error());
  if (!g) return std::unexpected(g.error());
  const Vocabulary vocabulary{*s, *r, *g};
  if (!is_whole(vocabulary)) return refuse("its vocabulary is damaged");
  return vocabulary;
}

Result<std::span<const float>> read_floats(const FileReader& file, Section section, size_t count) {
  const auto numbers = file.get<float>(section);
  if (!numbers) return std::unexpected(numbers.error());
  if (numbers->size() != count || !all_finite(*numbers)) return refuse("its numbers are damaged");
  return *numbers;
}

Result<SmallRows> read_rows(const FileReader& file, Section rows, Section scales, size_t count,
                            size_t width) {
  const auto r = file.get<int8_t>(rows);
  if (!r) return std::unexpected(r.error());
  const auto s = read_floats(file, scales, count);
  if (!s) return std::unexpected(s.error());
  if (r->size() != count * width) return refuse("its weights are damaged");
  return SmallRows{*r, *s};
}

Result<std::vector<std::string_view>> read_labels(const FileReader& file) {
  const auto ends = file.get<uint32_t>(Section::label_ends);
  const auto bytes = file.get<char>(Section::label_bytes);
  if (!ends) return std::unexpected(ends.error());
  if (!bytes) return std::unexpected(bytes.error());
  std::vector<std::string_view> labels;
  uint32_t begin = 0;
  for (const uint32_t end : *ends) {
    if (end < begin || end > bytes->size()) return refuse("its labels are damaged");
    labels.emplace_back(bytes->data() + begin, end - begin);
    begin = end;
  }
  if (labels.size() < 2 || labels.size() > kIntentsMax + 1) return refuse("it has no labels");
  return labels;
}

Result<Calibration> read_calibration(const FileReader& file) {
  const auto numbers = read_floats(file, Section::calibration, 5);
  if (!numbers) return std::unexpected(numbers.error());
  const auto& n = *numbers;
  return Calibration{n[0], n[1], n[2], n[3], n[4]};
}

}  // namespace

void BaseView::hidden_of(std::span<const Feature> features, std::span<float> hidden) const {
  Vector vector;
  vocabulary.weigh(features, vector);
  std::ranges::copy(bias, hidden.begin());
  add_rows(hidden, rows.rows.data(), rows.scales.data(), vector);
}

Result<BaseView> read_base(const FileReader& file) {
  BaseView out;
  auto vocabulary =
      read_vocabulary(file, Section::base_slots, Section::base_rarity, Section::base_groups);
  if (!vocabulary) return std::unexpected(vocabulary.error());
  out.vocabulary = *vocabulary;
  const auto bias = file.get<float>(Section::base_bias);
  if (!bias) return std::unexpected(bias.error());
  if (bias->empty() || bias->size() > 4'096 || !all_finite(*bias)) {
    return refuse("its base is damaged");
  }
  out.bias = *bias;
  const auto rows = read_rows(file, Section::base_rows, Section::base_scales,
                              out.vocabulary.rarity.size(), out.bias.size());
  if (!rows) return std::unexpected(rows.error());
  out.rows = *rows;
  return out;
}

void add_base_features(std::span<const float> hidden, uint32_t first, Vector& out) {
  constexpr float kLength = 1.5F;  // beside the words' and the letters', which are 1
  float squares = 0;
  for (const float h : hidden) squares += h > 0 ? h * h : 0.0F;
  if (squares <= 0) return;
  const float share = kLength / std::sqrt(squares);
  for (size_t j = 0; j < hidden.size(); ++j) {
    if (hidden[j] > 0) out.push_back({first + static_cast<uint32_t>(j), hidden[j] * share});
  }
}

void mix(std::span<float> linear, std::span<float> net, const Calibration& calibration) {
  softmax(linear, calibration.linear_scale);
  softmax(net, calibration.net_scale);
  const float share = calibration.linear_share;
  for (size_t c = 0; c < linear.size(); ++c) {
    linear[c] = share * linear[c] + (1.0F - share) * net[c];
  }
}

std::vector<float> Model::Parts::probabilities(std::span<const Word> words) const {
  std::vector<Feature> features;
  collect_features(words, features);
  Vector vector;
  vocabulary.weigh(features, vector);
  std::vector<float> hidden(in_bias.begin(), in_bias.end());
  add_rows(hidden, in.rows.data(), in.scales.data(), vector);
  if (!base.is_empty()) {
    std::vector<float> general(hidden.size());
    base.hidden_of(features, general);
    add_scaled(hidden.data(), general.data(), 1.0F, hidden.size());
    add_base_features(general, static_cast<uint32_t>(vocabulary.rarity.size()), vector);
  }
  std::vector<float> net(out_bias.begin(), out_bias.end());
  for (size_t j = 0; j < hidden.size(); ++j) {
    if (hidden[j] > 0) add_scaled(net.data(), &out_rows[j * classes()], hidden[j], classes());
  }
  std::vector<float> out(classes(), 0.0F);
  add_rows(out, linear.rows.data(), linear.scales.data(), vector);
  mix(out, net, calibration);
  return out;
}

Result<Model> Model::read(std::span<const std::byte> bytes) {
  const auto file = FileReader::open(bytes, FileKind::model);
  if (!file) return std::unexpected(file.error());
  auto parts = std::make_shared<Parts>();
  auto labels = read_labels(*file);
  if (!labels) return std::unexpected(labels.error());
  parts->labels = std::move(*labels);
  const auto vocabulary =
      read_vocabulary(*file, Section::own_slots, Section::own_rarity, Section::own_groups);
  if (!vocabulary) return std::unexpected(vocabulary.error());
  parts->vocabulary = *vocabulary;
  if (file->has(Section::base_bias)) {
    const auto base = read_base(*file);
    if (!base) return std::unexpected(base.error());
    parts->base = *base;
  }
  const size_t features = parts->vocabulary.rarity.size();
  const size_t classes = parts->labels.size();
  const auto bias = file->get<float>(Section::in_bias);
  if (!bias) return std::unexpected(bias.error());
  const size_t hidden = bias->size();
  const bool fits = parts->base.is_empty() || parts->base.bias.size() == hidden;
  if (hidden == 0 || hidden > 4'096 || !fits || !all_finite(*bias)) {
    return refuse("its layers do not fit each other");
  }
  parts->in_bias = *bias;
  const auto linear = read_rows(*file, Section::linear_rows, Section::linear_scales,
                                features + parts->base.bias.size(), classes);
  const auto in = read_rows(*file, Section::in_rows, Section::in_scales, features, hidden);
  const auto out_rows = read_floats(*file, Section::out_rows, hidden * classes);
  const auto out_bias = read_floats(*file, Section::out_bias, classes);
  const auto calibration = read_calibration(*file);
  if (!linear) return std::unexpected(linear.error());
  if (!in) return std::unexpected(in.error());
  if (!out_rows) return std::unexpected(out_rows.error());
  if (!out_bias) return std::unexpected(out_bias.error());
  if (!calibration) return std::unexpected(calibration.error());
  parts->linear = *linear;
  parts->in = *in;
  parts->out_rows = *out_rows;
  parts->out_bias = *out_bias;
  parts->calibration = *calibration;
  auto tagger = read_tagger(*file);
  if (!tagger) return std::unexpected(tagger.error());
  parts->tagger = std::move(*tagger);
  return Model(std::move(parts));
}

}  // namespace millrace::nlu
