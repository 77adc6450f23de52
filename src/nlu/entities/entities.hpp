// What a text contains beside its intent: numbers, money, days, times, addresses and the like, by
// the words of a locale's language, each with its value in one form. Pure: the day comes in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace millrace::nlu {

enum class EntityKind : uint8_t {
  email,        // ada@example.com
  url,          // https://example.com/a
  number,       // 1234.5
  ordinal,      // 3
  money,        // 12.50 EUR
  percentage,   // 15
  duration,     // ISO 8601: PT2H30M, P3D
  date,         // 2026-01-05
  time,         // 17:30
  date_range,   // 2026-01-05/2026-01-11, both days in it
  temperature,  // 21 C, 70 F
  card,         // digits with a right check digit (Luhn)
  cpf,          // 11 digits with right check digits
  iban,         // without blanks, with right check digits
  nif,          // Portugal's 9 digits, or Spain's 8 digits and a letter, with a right check
};
std::string_view to_string(EntityKind kind);

struct Entity {
  EntityKind kind = EntityKind::number;
  uint32_t begin = 0, end = 0;  // bytes of the text
  std::string value;
  std::vector<std::string> others;  // what it may mean as well; empty when it is plain
  bool is_ambiguous() const { return !others.empty(); }
};

inline constexpr size_t kEntitiesMax = 64;

// Of the text's beginning (512 words) all entities, none within another, in their order. `locale`
// is a BCP 47 tag, of English where the language is another than en, pt, es, fr and de. `today` is
// the day it is where the person is.
std::vector<Entity> find_entities(std::string_view text, std::string_view locale, base::Date today);

}  // namespace millrace::nlu
