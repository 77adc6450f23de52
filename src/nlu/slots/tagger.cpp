#include "nlu/slots/tagger.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "nlu/learn/kernels.hpp"
#include "nlu/slots/words_around.hpp"

namespace millrace::nlu {
namespace {

std::unexpected<base::Error> refuse() {
  return base::fail(base::Code::data_loss,
                    "This is no usable NLU model: its slots are damaged. Train it again with "
                    "`nlu train`.");
}

bool all_finite(std::span<const float> numbers) {
  return std::ranges::all_of(numbers, [](float f) { return std::isfinite(f); });
}

// A damaged table could let a slot go on that never began.
bool are_moves_sound(std::span<const float> moves, size_t tags) {
  if (moves.size() != tags * tags || !all_finite(moves)) return false;
  for (size_t p = 0; p < tags; ++p) {
    for (size_t t = 0; t < tags; ++t) {
      if (!may_follow(p, t) && moves[p * tags + t] > kNever / 2) return false;
    }
  }
  return true;
}

}  // namespace

std::vector<Span> Tagger::find(std::span<const Word> words, std::string_view intent) const {
  if (is_empty() || words.empty()) return {};
  const auto around = features_around(words, intent, phrases, [](uint64_t) { return true; });
  const size_t width = tags();
  std::vector<float> scores(words.size() * width, 0.0F);
  std::vector<Entry> entries;
  for (size_t i = 0; i < words.size(); ++i) {
    entries.clear();
    for (const uint64_t hash : around[i]) {
      const uint32_t id = vocabulary.find(hash);
      if (id != Vocabulary::kUnknown) entries.push_back({id, 1.0F});
    }
    const std::span mine(scores.data() + i * width, width);
    add_rows(mine, rows.data(), scales.data(), entries);
    mine[0] -= outside_bias;
  }
  return spans_of(words, best_tags(scores, moves, width), names);
}

base::Result<Tagger> read_tagger(const FileReader& file) {
  Tagger out;
  if (!file.has(Section::slot_names)) return out;
  const auto names = file.get<char>(Section::slot_names);
  const auto slots = file.get<uint64_t>(Section::slot_slots);
  const auto rows = file.get<int8_t>(Section::slot_rows);
  const auto scales = file.get<float>(Section::slot_scales);
  const auto moves = file.get<float>(Section::slot_moves);
  const auto phrases = file.get<uint64_t>(Section::slot_phrases);
  const auto bias = file.get<float>(Section::slot_bias);
  if (!names || !slots || !rows || !scales || !moves || !phrases || !bias) return refuse();
  std::string_view rest(names->data(), names->size());
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    if (end == std::string_view::npos || out.names.size() == kSlotNamesMax) return refuse();
    out.names.push_back(rest.substr(0, end));
    rest = rest.substr(end + 1);
  }
  const size_t tags = out.tags(), features = scales->size();
  const auto id_is_known = [&](uint64_t slot) {
    return slot == 0 || (slot & 0xFFFFFF) - 1 < features;
  };
  const bool is_whole =
      !out.names.empty() && features <= kVocabularyMax && rows->size() == features * tags &&
      bias->size() == 1 && std::has_single_bit(slots->size()) &&
      std::ranges::find(*slots, 0U) != slots->end() && std::ranges::all_of(*slots, id_is_known) &&
      all_finite(*scales) && all_finite(*bias) && std::ranges::is_sorted(*phrases);
  if (!is_whole || !are_moves_sound(*moves, tags)) return refuse();
  out.vocabulary.slots = *slots;
  out.rows = *rows;
  out.scales = *scales;
  out.moves = *moves;
  out.phrases = *phrases;
  out.outside_bias = (*bias)[0];
  return out;
}

}  // namespace millrace::nlu
