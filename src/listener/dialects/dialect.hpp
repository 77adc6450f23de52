// What a dialect's parser is given, and what it makes of it. Each reads one request's JSON into
// canonical events; what is wrong with one of them costs no other. Pure; one thread's at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "listener/source.hpp"
#include "people/event.hpp"

namespace millrace::listener {

// Segment's is spoken by RudderStack's and Jitsu's clients, too.
enum class Dialect { segment, posthog, snowplow };
inline constexpr auto kDialects =
    base::enum_names<Dialect>("dialect", "segment", "posthog", "snowplow");

inline constexpr size_t kEventsMax = 2'500;           // in a request
inline constexpr size_t kEventBytesMax = 32 * 1'024;  // of one event, as JSON
inline constexpr size_t kIdBytesMax = 200;            // of an identifier

// The request around the events.
struct Arrival {
  const Source& source;
  base::Timestamp received;
  std::string_view type;        // from the address: "track"; "" where the body says it
  std::string_view user_agent;  // of the request; events may name their own
  std::string_view address;     // of who asks
};

// An event that is not taken: it is kept apart, with the reason, until it is mended.
struct Refused {
  std::string message_id;  // "" where it has none
  std::string reason;      // a sentence
  json::value raw;
};

struct Batch {
  std::vector<people::Event> events;
  std::vector<Refused> refused;
};

// Error (of all of them): invalid_argument, nothing in it can be an event, or there are more than
// kEventsMax.
base::Result<Batch> read_segment(const json::value& body, const Arrival& arrival);
base::Result<Batch> read_posthog(const json::value& body, const Arrival& arrival);
base::Result<Batch> read_snowplow(const json::value& body, const Arrival& arrival);

// What a dialect makes of what was once refused, as it stands in the request's list.
base::Result<Batch> read_again(Dialect dialect, const json::value& raw, const Arrival& arrival);

}  // namespace millrace::listener
