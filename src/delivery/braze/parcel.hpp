// A row's body read: which request it belongs into, and the objects it consists of, each as it is
// to be sent. The bodies of its kinds (JSON):
//   braze.track     {"user": {one identifier}, "attributes": {...}?, "events": [...]?,
//                    "purchases": [...]?, "options": {"_update_existing_only": bool?}?}
//   braze.identify  {"external_id": text, "user_alias": {"alias_name", "alias_label"}}
//   braze.call      {"method": "POST" | "GET", "path": "/canvas/trigger/send", "body": ...?,
//                    "query": {name: value}?}
// A row's objects: attributes are first, then the events, then the purchases.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "delivery/codec.hpp"

namespace millrace::delivery::braze {

// The three arrays of users/track, in the order in which Braze processes them. `whole` is the one
// object of a request that stands alone (braze.identify, braze.call).
enum class Array : int { attributes, events, purchases, whole };
std::string_view to_string(Array array);

// What the codec knows of a row besides.
struct BrazeParcel : Parcel {
  std::string method;       // of a request of its own
  std::string path;         // "/users/identify", with the query
  std::string user;         // the identifier as members of a JSON object, without braces
  std::string options;      // likewise, "" or with a comma before it
  bool is_merging = false;  // the attributes have _merge_objects
  // The profiles are changed by other means than attributes: what is remembered of them is void.
  bool changes_profiles = false;
};

// Errors: invalid_argument, with what is wrong, when it can never be sent.
base::Result<BrazeParcel> read_parcel(const Row& row);

// True for {"inc": n} and {"$add": [...]}: to send it twice is to do it twice.
bool is_counting(const json::value& attribute);
// True when the value replaces whatever was there, so that a later one makes it void.
bool is_plain(std::string_view name, const json::value& attribute);

// The attributes object as it is sent; "" when that part of it is empty.
std::string attributes_text(const BrazeParcel& parcel, const json::object& attributes, Part part);

}  // namespace millrace::delivery::braze
