#include "people/traits.hpp"

#include "people/rows.hpp"

namespace millrace::people {

namespace {

constexpr size_t kReadMax = 500;

bool is_short(const json::value& value) {
  if (const auto* text = value.if_string()) return text->size() <= kTraitBytesMax;
  if (!value.is_structured()) return true;
  return json::serialize(value).size() <= kTraitBytesMax;
}

// Two values of one moment from one event can only be told apart by themselves.
bool comes_before(const Trait& a, const Trait& b) {
  if (a.stamp != b.stamp) return a.stamp < b.stamp;
  return json::serialize(a.value) < json::serialize(b.value);
}

}  // namespace

void write_trait(std::vector<Trait>& rows, const Trait& written, Wins wins, size_t max,
                 const Words& words) {
  const size_t before = rows.size();
  Trait* row = admit(rows, written.name, max, words, [](Trait) {});
  if (!row) return;
  const bool is_new = rows.size() > before || row->stamp == Stamp();
  const bool wins_here =
      wins == Wins::latest ? comes_before(*row, written) : comes_before(written, *row);
  if (is_new || wins_here) *row = written;
}

std::vector<Trait> traits_in(const json::object& said, Stamp stamp, Words& words) {
  std::vector<Trait> traits;
  for (const auto& [name, value] : said) {
    if (traits.size() == kReadMax) break;
    const Word word = words.learn(name);
    if (word == Words::kNone || !is_short(value)) continue;
    traits.push_back({word, stamp, value});
  }
  return traits;
}

}  // namespace millrace::people
