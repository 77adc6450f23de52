// One thing that somebody did, whatever client told it: the form in which events are kept, and from
// which people are known. Pure data; the parsers of the clients' dialects are in room listener.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace millrace::people {

// As Segment's specification has them.
enum class EventKind { track, page, screen, identify, group, alias };
inline constexpr auto kEventKinds = base::enum_names<EventKind>(
    "kind of event", "track", "page", "screen", "identify", "group", "alias");

// Somebody's name elsewhere: {braze_id, "5f..."}.
struct ExternalId {
  std::string type;
  std::string value;
  auto operator<=>(const ExternalId&) const = default;
};

struct Page {
  std::string url;
  std::string path;
  std::string search;
  std::string title;
  std::string referrer;
  bool operator==(const Page&) const = default;
};

struct Event {
  std::string source;      // the key of its source in solution.yaml
  std::string message_id;  // the client's; with `source` it says which event this is
  EventKind kind = EventKind::track;
  std::string name;  // of what was done, of the page or of the screen; "" where there is none
  // Who: at least one of these two is there.
  std::string anonymous_id;
  std::string user_id;
  std::string previous_id;  // of alias: whom `user_id` has been so far
  std::string group_id;     // of group
  std::string session_id;
  std::vector<ExternalId> external_ids;
  // When it happened, by the server's clock, and never after it was received.
  base::Timestamp at;
  base::Timestamp received;
  json::object properties;
  json::object traits;       // of the person, or, of group, of the group
  json::object traits_once;  // only where the person has no such trait yet
  std::optional<Page> page;
  // utm_source, utm_medium and so on, as the address had them.
  std::map<std::string, std::string> campaign;
  // What was agreed to, by purpose; what is not there was not asked.
  std::map<std::string, bool> consent;
  std::string user_agent;
  std::string locale;
  std::string address;  // "" where the source drops addresses
  std::string library;  // "name version"
  bool is_bot = false;
  bool is_late = false;  // it came more than a day after it happened
  bool operator==(const Event&) const = default;
};

// As it is kept: a member for each that says something.
json::object write_event(const Event& event);
// What write_event wrote. Error: data_loss, with the member that is not understood.
base::Result<Event> read_event(const json::object& kept);

}  // namespace millrace::people
