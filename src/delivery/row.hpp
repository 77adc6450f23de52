// A delivery as it stands on record, and what is to be written about it. `delivery` decides with
// these; whoever keeps them (`storage`) and whoever moves them (`outbox`) speak in the same words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

namespace millrace::delivery {

// The numbers are on disk.
enum class State : uint8_t {
  waiting = 0,    // to be sent, or under way
  delivered = 1,  // every object of it was accepted
  rejected = 2,   // a dead letter: some or all of its objects were refused, each with its reason
  held = 3,       // it may have happened; a person decides
  dropped = 4,    // a person decided that it is not to be sent
};
std::string_view to_string(State state);
std::optional<State> state_from(std::string_view name);

// The bodies that the kinds define (JSON):
//   braze.track     {"user": {one identifier}, "attributes": {...}?, "events": [...]?,
//                    "purchases": [...]?, "options": {"_update_existing_only": bool?}?}
//   braze.identify  {"external_id": text, "user_alias": {"alias_name", "alias_label"}}
//   braze.call      {"method": "POST" | "GET", "path": "/canvas/trigger/send", "body": ...?,
//                    "query": {name: value}?}
struct Row {
  int64_t id = 0;   // the order in which deliveries were owed
  std::string key;  // unique for ever
  base::Id consumer;
  std::string kind;
  std::string body;
  std::string progress;  // JSON: what is known about its objects (delivery/progress.hpp); may be ""
  base::Timestamp owed_at;
};

struct RowUpdate {
  int64_t id = 0;
  State state = State::waiting;
  std::string progress;
  bool operator==(const RowUpdate&) const = default;
};

// One object of a row: attributes are first, then the events, then the purchases; from 0.
struct ObjectRef {
  int64_t row = 0;
  int32_t object = 0;
  auto operator<=>(const ObjectRef&) const = default;
};

}  // namespace millrace::delivery
