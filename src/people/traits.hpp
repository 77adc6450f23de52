// What is said of a person: of each trait the value that was written last, or, of what is written
// only once, first. Last and first go by when things happened, so it makes no difference in which
// order they arrive or how often. Consent is kept in the same way, by purpose.
#pragma once

#include <vector>

#include "base/json.hpp"
#include "people/stamp.hpp"
#include "people/words.hpp"

namespace millrace::people {

inline constexpr size_t kTraitsMax = 100;        // names of a person
inline constexpr size_t kTraitBytesMax = 1'024;  // of a value as JSON; longer ones are not kept
inline constexpr size_t kPurposesMax = 32;       // that somebody can agree to

struct Trait {
  Word name = Words::kNone;
  Stamp stamp;
  json::value value;
};

enum class Wins { latest, earliest };

// Keeps it if it wins over what is there.
void write_trait(std::vector<Trait>& rows, const Trait& written, Wins wins, size_t max,
                 const Words& words);

// The traits that an event's object holds, without what is too long. Those beyond 500 are left out.
std::vector<Trait> traits_in(const json::object& said, Stamp stamp, Words& words);

}  // namespace millrace::people
