// What a users/track request says, checked item by item (reference: users-track.md 5 to 8). Pure:
// it decides what is accepted; applying it is `profile`'s and `profile_store`'s business.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"
#include "braze/braze.hpp"
#include "braze/diagnostics.hpp"

namespace millrace::braze {

// Who an item is about.
struct Identifier {
  // `push_token` only where push_token_import asks for an anonymous profile.
  enum class Kind { external_id, user_alias, braze_id, email, phone, push_token };
  Kind kind = Kind::external_id;
  std::string value;  // of an alias: its name
  std::string label;  // of an alias; of a push token: its app_id
};

// The identifier that looks like one but is none: half an alias.
bool has_half_alias(const json::object& item);
// The identifier of an object by precedence; nullopt when there is none.
std::optional<Identifier> identifier_of(const json::object& item);

enum class Creates { yes, no };

struct AttributesItem {
  Identifier who;
  Creates creates = Creates::yes;
  bool merges_objects = false;
  json::object fields;  // without identifiers and directives
};

struct EventItem {
  Identifier who;
  Creates creates = Creates::yes;
  std::string name;
  base::Timestamp at;  // never in the future
  std::optional<json::object> properties;
  std::string app_id;
};

struct PurchaseItem {
  Identifier who;
  Creates creates = Creates::yes;
  std::string product_id;
  std::string currency;
  double price = 0;
  int64_t quantity = 1;
  base::Timestamp at;
  std::optional<json::object> properties;
  std::string app_id;
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
