// Reading whom the endpoints about users mean, and making one profile of two.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "braze/front/endpoint.hpp"

namespace millrace::braze {

inline constexpr size_t kPeopleMax = 50;  // in one request
inline constexpr const char* kTooManyIds =
    "The max number of external_ids and aliases per request was exceeded";

// {"alias_name", "alias_label"}, both texts; nullopt otherwise.
std::optional<Alias> alias_of(const json::value& value);

// Which of the profiles with one address is meant (other-endpoints.md 1).
struct Prioritization {
  std::vector<std::string> rules;
  // Reads the array; the error is the `type` of an item error.
  static std::expected<Prioritization, std::string> of(const json::object& item);
};

// The profile with that address that the rules leave; nullptr when they leave none or several.
base::Result<Held*> find_prioritized(World& world, const Identifier& who,
                                     const Prioritization& prioritization);

// Lays what `from` has over what `into` lacks, and deletes `from` (other-endpoints.md 3).
void merge_profiles(World& world, Held& into, Held& from, base::Timestamp now);

}  // namespace millrace::braze
