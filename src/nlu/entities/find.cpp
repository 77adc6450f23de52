#include <algorithm>

#include "nlu/entities/reading.hpp"
#include "nlu/nlu.hpp"

namespace millrace::nlu {
namespace {

// "the third one", "this one".
bool is_pronoun(const Reading& in, size_t i, const Amount& amount) {
  if (i == 0 || in.at(i) != "one" || amount.next != i + 1) return false;
  return in.any(i - 1, "the|this|that|which|another|any|every|each|last|next|other") > 0 ||
         read_ordinal(in, i - 1).has_value();
}

std::optional<Hit> read_number(const Reading& in, size_t i) {
  const bool is_negative = (in.at(i) == "-" && in.is_glued(i + 1) && !in.is_glued(i)) ||
                           in.any(i, "minus|menos|moins") > 0;
  const auto amount = read_amount(in, is_negative ? i + 1 : i);
  if (!amount || (!in.is_digits(i) && !amount->is_spelled && !is_negative)) return std::nullopt;
  // Figures inside a word or a code are none: "B2B", "3x".
  const bool is_inside =
      in.is_digits(i) && ((in.is_glued(i) && !in.tokens[i - 1].is_mark) ||
                          (in.is_glued(amount->next) && !in.tokens[amount->next].is_mark));
  const bool is_divided =
      in.is_digits(i) && ((in.is_glued(i) && in.at(i - 1) == "/") ||
                          (in.is_glued(amount->next) && in.at(amount->next) == "/"));
  if (is_inside || is_divided || is_pronoun(in, i, *amount)) return std::nullopt;
  return Hit{amount->next,
             EntityKind::number,
             show_amount(is_negative ? -amount->value : amount->value),
             {}};
}

std::optional<Hit> read_place(const Reading& in, size_t i) {
  const auto ordinal = read_ordinal(in, i);
  if (!ordinal) return std::nullopt;
  return Hit{ordinal->next, EntityKind::ordinal, show_amount(ordinal->value), {}};
}

using Reader = std::optional<Hit> (*)(const Reading&, size_t);
// Of readings that are as long as each other the first one counts.
constexpr Reader kReaders[] = {read_code,     read_days,  read_day,      read_time,
                               read_quantity, read_place, read_duration, read_number};

}  // namespace

std::string_view to_string(EntityKind kind) {
  constexpr std::string_view kNames[] = {
      "email", "url",        "number",      "ordinal", "money", "percentage", "duration", "date",
      "time",  "date_range", "temperature", "card",    "cpf",   "iban",       "nif"};
  return kNames[static_cast<size_t>(kind)];
}

std::vector<Entity> find_entities(std::string_view text, std::string_view locale,
                                  base::Date today) {
  text = text.substr(0, kExampleBytesMax);
  const Reading in = make_reading(text, locale, today);
  std::vector<Entity> out;
  for (size_t i = 0; i < in.tokens.size() && out.size() < kEntitiesMax;) {
    std::optional<Hit> best;
    for (const Reader read : kReaders) {
      auto hit = read(in, i);
      if (hit && hit->next > i && (!best || hit->next > best->next)) best = std::move(hit);
    }
    if (!best) {
      ++i;
      continue;
    }
    const size_t last = std::min(best->next, in.tokens.size()) - 1;
    out.push_back({best->kind, in.tokens[i].begin, in.tokens[last].end, std::move(best->value),
                   std::move(best->others)});
    i = last + 1;
  }
  return out;
}

}  // namespace millrace::nlu
