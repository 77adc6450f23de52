// PostHog's capture API, of browsers and of servers. Its clients name a person by one distinct_id,
// which is the device's until somebody is identified; what they do is told by events whose names
// begin with '$'.
#include "listener/dialects/fields.hpp"

namespace millrace::listener {
namespace {

using people::Event;
using people::EventKind;

const json::object& none() {
  static const json::object kNone;
  return kNone;
}

const json::object& member(const json::object& o, std::string_view key) {
  const json::object* found = json::get_object(o, key);
  return found ? *found : none();
}

EventKind kind_of(std::string_view name) {
  if (name == "$pageview") return EventKind::page;
  if (name == "$screen") return EventKind::screen;
  if (name == "$identify" || name == "$set") return EventKind::identify;
  if (name == "$create_alias" || name == "$merge_dangerously") return EventKind::alias;
  if (name == "$groupidentify") return EventKind::group;
  return EventKind::track;
}

// Whose the distinct_id is: a person's, or a device's that nobody has named yet.
void read_who(const std::string& distinct_id, const json::object& properties, Event& event) {
  const std::string device = id_of(properties, "$device_id");
  const std::string user = id_of(properties, "$user_id");
  const bool is_identified = json::get_bool(properties, "$is_identified").value_or(true);
  const bool is_device = distinct_id == device || !is_identified;
  const bool names_user = event.kind == EventKind::identify || event.kind == EventKind::alias;
  if (names_user || (!is_device && user.empty())) {
    event.user_id = distinct_id;
  } else {
    event.user_id = user;
  }
  event.anonymous_id = id_of(properties, "$anon_distinct_id");
  if (event.anonymous_id.empty()) event.anonymous_id = device;
  if (event.anonymous_id.empty() && event.user_id.empty()) event.anonymous_id = distinct_id;
}

// Under "$set" of the event, or of its properties.
json::object told(const json::object& call, const json::object& properties, std::string_view key) {
  json::object traits = member(properties, key);
  for (const auto& [name, value] : member(call, key)) traits.insert_or_assign(name, value);
  // What a page is told by its address says nothing where there was no such thing.
  for (auto at = traits.begin(); at != traits.end();) {
    at = at->value().is_null() ? traits.erase(at) : at + 1;
  }
  return traits;
}

void read_page(const json::object& properties, Event& event) {
  people::Page page{.url = text_of(properties, "$current_url"),
                    .path = text_of(properties, "$pathname"),
                    .title = text_of(properties, "title"),
                    .referrer = text_of(properties, "$referrer")};
  if (page.referrer == "$direct") page.referrer.clear();
  if (page != people::Page()) event.page = std::move(page);
}

void read_call(const json::value& raw, std::optional<base::Timestamp> sent, const Arrival& arrival,
               Batch& batch) {
  if (!raw.is_object()) return refuse(raw, {}, "it is not an object", batch);
  const json::object& call = raw.get_object();
  const json::object& properties = member(call, "properties");
  Event event;
  event.message_id = id_of(call, "uuid");
  if (event.message_id.empty()) event.message_id = id_of(properties, "$insert_id");
  event.name = text_of(call, "event");
  event.kind = kind_of(event.name);
  std::string distinct_id = id_of(properties, "distinct_id");
  if (distinct_id.empty()) distinct_id = id_of(call, "distinct_id");
  if (distinct_id.empty()) distinct_id = id_of(call, "$distinct_id");
  if (event.name.empty() && json::get_object(call, "$set")) event.kind = EventKind::identify;
  read_who(distinct_id, properties, event);
  event.properties = properties;
  event.properties.erase("token");
  event.session_id = id_of(properties, "$session_id");
  event.address = id_of(properties, "$ip");
  event.locale = id_of(properties, "$browser_language");
  event.library = id_of(properties, "$lib") + " " + id_of(properties, "$lib_version");
  event.user_agent = text_of(properties, "$raw_user_agent");
  if (event.kind == EventKind::alias) event.previous_id = id_of(properties, "alias");
  if (event.kind == EventKind::group) {
    event.group_id = id_of(properties, "$group_key");
    event.traits = member(properties, "$group_set");
  } else {
    event.traits = told(call, properties, "$set");
    event.traits_once = told(call, properties, "$set_once");
  }
  read_page(properties, event);
  set_times(event, arrival, moment_of(call, "timestamp"), sent);
  finish(std::move(event), raw, batch, arrival);
}

}  // namespace

base::Result<Batch> read_posthog(const json::value& body, const Arrival& arrival) {
  const json::array* calls = body.is_array() ? &body.get_array() : nullptr;
  std::optional<base::Timestamp> sent;
  if (body.is_object()) {
    const json::object& whole = body.get_object();
    sent = moment_of(whole, "sent_at");
    calls = json::get_array(whole, "batch");
    if (!calls) {
      Batch batch;
      read_call(body, sent, arrival, batch);
      return batch;
    }
  }
  if (!calls) {
    return base::fail(base::Code::invalid_argument, "the body must be an event or a list of them");
  }
  return read_calls(
      *calls, [&](const json::value& one, Batch& batch) { read_call(one, sent, arrival, batch); });
}

}  // namespace millrace::listener
