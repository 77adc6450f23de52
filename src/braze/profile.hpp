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
  void apply(const AttributesItem& item, const SandboxOptions& options, Diagnostics& diagnostics);
  void apply(const EventItem& item);
  void apply(const PurchaseItem& item);

  // As users/export/ids gives it.
  json::object to_export() const;
  // As it is kept.
  json::object to_json() const;
  static base::Result<Profile> from_json(const json::object& object);
};

}  // namespace millrace::braze
