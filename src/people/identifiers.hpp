// What names a person: values of a type, in one spelling, and which of them an event carries.
// Values that name nobody ("null", "00000000-0000-...", "[object Object]") are told apart here: one
// of them taken for a name would make one person of all who were ever called so.
#pragma once

#include <compare>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.hpp"
#include "people/event.hpp"
#include "people/rules.hpp"

namespace millrace::people {

inline constexpr size_t kIdentifierBytesMax = 256;
inline constexpr size_t kTypeBytesMax = 64;
inline constexpr size_t kIdentifiersPerEventMax = 20;

struct Identifier {
  std::string type;
  std::string value;
  auto operator<=>(const Identifier&) const = default;
};

// Why a value is no identifier. `illegible`: bytes that are no text, or a type that is no name;
// `malformed`: no address, no number; `one_too_many`: beyond kIdentifiersPerEventMax.
enum class Unfit { empty, blocked, too_long, illegible, malformed, one_too_many };
inline constexpr auto kUnfit = base::enum_names<Unfit>("reason", "empty", "blocked", "too_long",
                                                       "illegible", "malformed", "one_too_many");

// Whether the value names nobody, in any case and also in quotation marks: Segment's default list
// (zeroes and dashes, -1, null, anonymous) and PostHog's illegal ids.
bool is_blocked(std::string_view value);

// In its one spelling: types and addresses in lower case, telephone numbers as digits behind a +
// where one was given, everything without blanks around it. Long values are refused rather than
// cut, because two of them might be one when cut.
std::expected<Identifier, Unfit> normalise(const Rules& rules, std::string_view type,
                                           std::string_view value);

struct Promoted {
  std::vector<Identifier> identifiers;  // each once; what gives way last stands first
  struct Left {
    std::string type;  // as it was given, but never more than kTypeBytesMax of it
    Unfit why = Unfit::empty;
  };
  std::vector<Left> left_out;
};
// The identifiers an event carries: its user_id, anonymous_id, external_ids and, unless they are a
// group's, traits.email and traits.phone. `previous_id` is none of them: it is what alias joins.
Promoted promote(const Rules& rules, const Event& event);

}  // namespace millrace::people
