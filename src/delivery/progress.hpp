// What is known about each object of a row, in memory and as the JSON that is kept beside the row:
//   {"attempts": n, "status": n, "request_id": text, "outcome": text, "answer": {...},
//    "objects": [{"n": 2, "state": "rejected", "reason": text, "part": text}], "twice": [2]}
// Objects that merely wait, and everything about a row that was simply delivered, are left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "delivery/row.hpp"

namespace millrace::delivery {

enum class Fate : uint8_t {
  waiting,
  delivered,
  rejected,
  unknown,  // it may have happened; held
  dropped,
};

struct ObjectProgress {
  Fate fate = Fate::waiting;
  Part part = Part::all;          // what is still to be sent
  bool counting_unknown = false;  // its counting part may have happened
  bool may_be_twice = false;      // it was sent again after an outcome that could not be known
  int times_unknown = 0;
  std::string reason;  // of a delivered one: what was left out of it
};

struct Progress {
  int attempts = 0;
  int status = 0;  // of the last answer about it
  std::string request_id;
  json::value answer;            // of a call of its own
  bool is_config_error = false;  // what refused it was not about its content
  std::vector<ObjectProgress> objects;

  bool is_settled() const;
  State state() const;
};

// `text` may be empty, or written for another number of objects.
Progress read_progress(std::string_view text, size_t objects);
std::string write_progress(const Progress& progress);

// What whoever waits for a row is told:
//   {"outcome": "delivered" | "partial" | "rejected" | "config_error" | "later" | "unknown" |
//    "dropped", "items": [{"index", "state", "reason"}], "possible_duplicates"?: true, "status"?,
//    "answer"?}
json::object outcome_of(State state, std::string_view progress);

}  // namespace millrace::delivery
