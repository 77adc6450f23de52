#include "people/rules.hpp"

namespace millrace::people {

Standing standing_of(const Rules& rules, std::string_view type) {
  const auto found_in = [&](const std::vector<TypeRule>& rows, size_t rank) -> Standing {
    for (const TypeRule& row : rows) {
      if (row.type == type) return {rank, row.max, row.is_shared};
      ++rank;
    }
    return {};
  };
  if (const Standing first = found_in(rules.first, 0); first.max > 0) return first;
  const size_t others = rules.first.size();
  if (const Standing last = found_in(rules.last, others + 1); last.max > 0) return last;
  return {others, rules.other_max, false};
}

}  // namespace millrace::people
