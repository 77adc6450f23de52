// One profile: what attributes, events and purchases make of it, and how it is exported
// (reference: users-track.md 6, 7; other-endpoints.md 5). A value; it reads no clock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "profiles/happenings.hpp"
#include "profiles/limits.hpp"

namespace millrace::profiles {

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

// As exports show them, and as they are kept.
json::array aliases_json(const std::vector<Alias>& aliases);

struct PushToken {
  std::string app_id;
  std::string token;
};

// What has become of a profile since it was last asked, as far as it is told in parts.
struct Changes {
  std::vector<size_t> events;  // which tallies
  std::vector<size_t> purchases;
  bool whole = false;  // anything else: to be written from beginning to end

  bool any() const { return whole || !events.empty() || !purchases.empty(); }
};

struct Profile {
  std::string braze_id;                     // 24 hexadecimal digits
  std::string external_id;                  // "" for anonymous profiles
  std::vector<std::string> deprecated_ids;  // renamed away from; they identify it still
  std::vector<Alias> aliases;
  base::Timestamp created_at;
  base::Timestamp updated_at;
  int64_t random_bucket = 0;  // 0..9999
  json::object fields;        // reserved ones, under Braze's names
  json::object custom;        // custom attributes
  std::vector<Tally> events;
  std::vector<Tally> purchases;
  double total_revenue = 0;
  json::array campaigns;  // received, as an export shows them
  json::array canvases;
  int64_t occurrences = 0;  // lines of its history, for their keys
  Changes changes;

  std::string email() const;
  std::string phone() const;
  std::vector<PushToken> push_tokens() const;
  // Whether this identifier means this profile.
  bool is(const Identifier& who) const;

  // False when the profile holds as many different ones as it may, and this would be one more.
  bool apply(const EventItem& item);
  bool apply(const PurchaseItem& item);

  // As users/export/ids gives it: what the profile has not is left out, but for its aliases, custom
  // attributes, revenue and the two states of subscription.
  json::object to_export() const;
  // As it is kept, written onto the end of a text.
  void append_to(std::string& out) const;
  static base::Result<Profile> from_json(const json::object& object);
  static base::Result<Profile> from_text(std::string_view text);

  // What has changed, in parts, so that a repeat changes nothing more; `history` has the lines
  // that came with it, with commas between them. Written onto the end of a text, and read back.
  void append_changes(std::string& out, std::string_view history) const;
  void redo(const json::object& changes);
};

// One line of a profile's history.
std::string history_line(const EventItem& item);
std::string history_line(const PurchaseItem& item);
// {"kind": kind, "time": ..., and what else there is to say}
std::string history_line(std::string_view kind, base::Timestamp at, json::object more);

}  // namespace millrace::profiles
