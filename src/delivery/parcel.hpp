// A row's body read: which request it belongs into, and the objects it consists of, each as it is
// to be sent.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "delivery/row.hpp"

namespace millrace::delivery {

// The three arrays of users/track, in the order in which Braze processes them. `whole` is the one
// object of a request that stands alone (braze.identify, braze.call).
enum class Array : uint8_t { attributes, events, purchases, whole };
std::string_view to_string(Array array);

// Which part of an attributes object is sent.
enum class Part : uint8_t {
  all,
  repeatable,  // without what counts up or appends: that may have happened already
  counting,    // only that
};

struct Object {
  Array array = Array::attributes;
  json::object attributes;   // of an attributes object: name and value, without the identifiers
  std::string text;          // of any other: JSON, ready to be sent
  bool is_counting = false;  // sending it twice does it twice: events, purchases, `inc`, `$add`
};

struct Parcel {
  bool is_alone = false;    // a request of its own
  std::string method;       // of that request
  std::string path;         // "/users/identify", with the query
  std::string user;         // the identifier as members of a JSON object, without braces
  std::string options;      // likewise, "" or with a comma before it
  bool is_merging = false;  // the attributes have _merge_objects
  std::vector<Object> objects;
  // Whose order this row has a place in: the consumer, and each user that it names, as hashes. Rows
  // that share one are sent one after the other.
  std::vector<uint64_t> queues;
  // The profiles are changed by other means than attributes: what is remembered of them is void.
  bool changes_profiles = false;
};

// Errors: invalid_argument, with what is wrong, when it can never be sent.
base::Result<Parcel> read_parcel(const Row& row);

// True for {"inc": n} and {"$add": [...]}: to send it twice is to do it twice.
bool is_counting(const json::value& attribute);
// True when the value replaces whatever was there, so that a later one makes it void.
bool is_plain(std::string_view name, const json::value& attribute);

// The attributes object as it is sent; "" when that part of it is empty.
std::string attributes_text(const Parcel& parcel, const json::object& attributes, Part part);

}  // namespace millrace::delivery
