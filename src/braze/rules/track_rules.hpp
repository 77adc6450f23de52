// What a users/track request says, checked item by item (reference: users-track.md 5 to 8). Pure:
// it decides what is accepted; what becomes of it is the business of `rules/apply` and of the room
// `profiles`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"
#include "braze/braze.hpp"
#include "braze/front/diagnostics.hpp"
#include "braze/kept.hpp"

namespace millrace::braze {

// The identifier that looks like one but is none: half an alias.
bool has_half_alias(const json::object& item);
// The identifier of an object by precedence; nullopt when there is none.
std::optional<Identifier> identifier_of(const json::object& item);

struct AttributesItem {
  Identifier who;
  Creates creates = Creates::yes;
  bool merges_objects = false;
  json::object fields;  // without identifiers and directives
};

struct ItemError {
  std::string type;
  std::string input_array;  // "attributes", "events", "purchases"
  int64_t index = 0;
};

struct TrackRequest {
  std::vector<AttributesItem> attributes;
  std::vector<EventItem> events;
  std::vector<PurchaseItem> purchases;
  std::vector<ItemError> errors;
  bool malformed = false;  // an array field that is no array
  bool too_many = false;   // objects; then none was read
  size_t objects = 0;      // in all arrays
  size_t objects_max = 0;

  bool accepts_any() const { return !attributes.empty() || !events.empty() || !purchases.empty(); }
};

inline constexpr size_t kObjectsMax = 75;

// Takes what it keeps out of the body. `objects_max`: of users/track 75, of users/track/bulk 1,000.
TrackRequest read_track(json::object& body, const SandboxOptions& options, size_t objects_max,
                        base::Timestamp now, Diagnostics& diagnostics);

}  // namespace millrace::braze
