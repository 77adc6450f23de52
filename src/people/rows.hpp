// Rows under names, of which a person has a bounded number: those whose names come first in the
// order of their bytes. By that rule, unlike by who came first, it makes no difference in which
// order things arrive: a name that had to go never comes back, as the ones before it only get more.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "people/words.hpp"

namespace millrace::people {

// A Row has a member `name`. Rows without a name (Words::kNone) are not counted.
template <typename Row>
Row* find_row(std::vector<Row>& rows, Word name) {
  const auto found = std::ranges::find(rows, name, &Row::name);
  return found == rows.end() ? nullptr : &*found;
}

// The row of that name, made if need be; null when it is not among the first `max` names. A row
// that has to go for it is handed to `evicted`.
template <typename Row, typename Evicted>
Row* admit(std::vector<Row>& rows, Word name, size_t max, const Words& words, Evicted evicted) {
  if (Row* found = find_row(rows, name)) return found;
  if (name == Words::kNone || rows.size() < max) {
    rows.reserve(rows.size() + 1);  // people are many, and most have few rows
    rows.emplace_back().name = name;
    return &rows.back();
  }
  const auto by_text = [&](const Row& row) -> const std::string& { return words.text(row.name); };
  const auto last = std::ranges::max_element(rows, {}, by_text);
  const size_t unnamed = find_row(rows, Words::kNone) != nullptr ? 1 : 0;
  if (rows.size() - unnamed >= max) {
    if (words.text(name) > by_text(*last)) return nullptr;
    Row out = std::move(*last);
    *last = Row();
    last->name = name;
    const auto place = last - rows.begin();
    evicted(std::move(out));
    return &rows[static_cast<size_t>(place)];
  }
  rows.emplace_back().name = name;
  return &rows.back();
}

}  // namespace millrace::people
