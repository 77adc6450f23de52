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

struct Row {
  int64_t id = 0;   // the order in which deliveries were owed
  std::string key;  // unique for ever
  base::Id consumer;
  std::string kind;      // what the body is, as the target's codec defines it
  std::string body;      // JSON
  std::string progress;  // JSON: what is known about its objects (delivery/progress.hpp); may be ""
  base::Timestamp owed_at;
};

struct RowUpdate {
  int64_t id = 0;
  State state = State::waiting;
  std::string progress;
  bool operator==(const RowUpdate&) const = default;
};

// Which part of an object is sent.
enum class Part : uint8_t {
  all,
  repeatable,  // without what does something twice when it is sent twice
  counting,    // only that
};

// One object of a row, from 0.
struct ObjectRef {
  int64_t row = 0;
  int32_t object = 0;
  auto operator<=>(const ObjectRef&) const = default;
};

}  // namespace millrace::delivery
