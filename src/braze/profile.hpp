// One profile: what attributes, events and purchases make of it, and how it is exported
// (reference: users-track.md 6, 7; other-endpoints.md 5). A value; it reads no clock.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "braze/diagnostics.hpp"
#include "braze/track_rules.hpp"

namespace millrace::braze {

// How often something happened, and when first and last.
struct Tally {
  std::string name;
  base::Timestamp first;
  base::Timestamp last;
  int64_t count = 0;
};

struct Alias {
  std::string name;
  std::string label;
};

struct PushToken {
  std::string app_id;
  std::string token;
};

// Different events, or products, of one profile. Braze keeps 5,000 products; for events and for
// custom attributes the bounds are ours.
inline constexpr size_t kTalliesMax = 5'000;
inline constexpr size_t kCustomAttributesMax = 2'000;

struct Profile {
  std::string braze_id;     // 24 hexadecimal digits
  std::string external_id;  // "" for anonymous profiles
  std::vector<Alias> aliases;
  base::Timestamp created_at;
  base::Timestamp updated_at;
  int64_t random_bucket = 0;  // 0..9999
  json::object fields;        // reserved ones, under Braze's names
  json::object custom;        // custom attributes
  std::vector<Tally> events;
  std::vector<Tally> purchases;
  double total_revenue = 0;
  int64_t occurrences = 0;  // of events and purchases, for their keys

  std::string email() const;
  std::string phone() const;
  std::vector<PushToken> push_tokens() const;
  // Whether this identifier means this profile.
  bool is(const Identifier& who) const;

  void apply(const AttributesItem& item, const SandboxOptions& options, Diagnostics& diagnostics);
  // False when the profile holds as many different ones as it may, and this would be one more.
  bool apply(const EventItem& item);
  bool apply(const PurchaseItem& item);

  // As users/export/ids gives it.
  json::object to_export() const;
  // As it is kept.
  json::object to_json() const;
  static base::Result<Profile> from_json(const json::object& object);

 private:
  void apply_reserved(std::string_view name, const json::value& given, Diagnostics& diagnostics);
  void apply_custom(std::string_view name, const json::value& given, bool merges_objects,
                    const SandboxOptions& options, Diagnostics& diagnostics);
};

}  // namespace millrace::braze
