// Segment's HTTP tracking API, as its own clients, RudderStack's and Jitsu's speak it: single calls
// with their kind in the address, and batches. RudderStack's traits of a person are in the context,
// and its moment is called originalTimestamp.
#include "listener/dialects/fields.hpp"

namespace millrace::listener {
namespace {

using people::Event;
using people::EventKind;

std::optional<EventKind> kind_of(std::string_view type) {
  static constexpr std::pair<std::string_view, EventKind> kShort[] = {
      {"t", EventKind::track},    {"p", EventKind::page},  {"s", EventKind::screen},
      {"i", EventKind::identify}, {"g", EventKind::group}, {"a", EventKind::alias}};
  for (const auto& [name, kind] : kShort) {
    if (name == type) return kind;
  }
  return people::kEventKinds.find(type);
}

void read_page(const json::object* context, const json::object* properties, Event& event) {
  const json::object* told = context ? json::get_object(*context, "page") : nullptr;
  if (!told && event.kind == EventKind::page) told = properties;
  if (!told) return;
  people::Page page{.url = text_of(*told, "url"),
                    .path = text_of(*told, "path"),
                    .search = text_of(*told, "search"),
                    .title = text_of(*told, "title"),
                    .referrer = text_of(*told, "referrer")};
  if (page != people::Page()) event.page = std::move(page);
}

void read_consent(const json::object& context, Event& event) {
  const json::object* consent = json::get_object(context, "consent");
  const json::object* by_purpose =
      consent ? json::get_object(*consent, "categoryPreferences") : nullptr;
  if (!by_purpose) return;
  for (const auto& [purpose, agreed] : *by_purpose) {
    if (agreed.is_bool() && event.consent.size() < 50) {
      event.consent.emplace(purpose, agreed.get_bool());
    }
  }
}

void read_external_ids(const json::object& context, Event& event) {
  const json::array* ids = json::get_array(context, "externalIds");
  for (const json::value& one : ids ? *ids : json::array()) {
    if (!one.is_object() || event.external_ids.size() >= 20) continue;
    people::ExternalId id{id_of(one.get_object(), "type"), id_of(one.get_object(), "id")};
    if (!id.type.empty() && !id.value.empty()) event.external_ids.push_back(std::move(id));
  }
  if (const json::object* device = json::get_object(context, "device")) {
    std::string id = id_of(*device, "id");
    if (!id.empty()) event.external_ids.push_back({"device_id", std::move(id)});
  }
}

void read_context(const json::object& context, Event& event) {
  event.user_agent = text_of(context, "userAgent");
  event.locale = id_of(context, "locale");
  event.address = id_of(context, "ip");
  event.session_id = id_of(context, "sessionId");
  if (const json::object* library = json::get_object(context, "library")) {
    event.library = id_of(*library, "name") + " " + id_of(*library, "version");
  }
  if (const json::object* campaign = json::get_object(context, "campaign")) {
    for (const auto& [key, value] : *campaign) {
      if (!value.is_string() || event.campaign.size() >= 20) continue;
      const std::string name = key == "name" ? "utm_campaign" : "utm_" + std::string(key);
      event.campaign.emplace(
          key.starts_with("utm_") || key.ends_with("clid") ? std::string(key) : name,
          value.get_string());
    }
  }
  read_consent(context, event);
  read_external_ids(context, event);
}

// The traits of a person: at the top, or in the context, or in both.
json::object traits_of(const json::object& call, const json::object* context) {
  const json::object* top = json::get_object(call, "traits");
  const json::object* inner = context ? json::get_object(*context, "traits") : nullptr;
  if (!top) return inner ? *inner : json::object();
  json::object traits = *top;
  for (const auto& [key, value] : inner ? *inner : json::object()) traits.emplace(key, value);
  return traits;
}

void read_call(const json::value& raw, std::optional<base::Timestamp> sent, const Arrival& arrival,
               Batch& batch) {
  if (!raw.is_object()) return refuse(raw, {}, "it is not an object", batch);
  const json::object& call = raw.get_object();
  Event event;
  event.message_id = id_of(call, "messageId");
  const std::string_view type = json::get_string(call, "type").value_or(arrival.type);
  const auto kind = kind_of(type);
  if (!kind) {
    return refuse(raw, std::move(event.message_id),
                  "'" + std::string(type.substr(0, 50)) +
                      "' is none of track, page, screen, identify, group, alias",
                  batch);
  }
  event.kind = *kind;
  event.name = text_of(call, event.kind == EventKind::track ? "event" : "name");
  event.anonymous_id = id_of(call, "anonymousId");
  event.user_id = id_of(call, "userId");
  event.previous_id = id_of(call, "previousId");
  event.group_id = id_of(call, "groupId");
  const json::object* properties = json::get_object(call, "properties");
  const json::object* context = json::get_object(call, "context");
  if (properties) event.properties = *properties;
  if (event.kind == EventKind::identify) event.traits = traits_of(call, context);
  if (event.kind == EventKind::group) event.traits = traits_of(call, nullptr);
  if (context) read_context(*context, event);
  read_page(context, properties, event);
  auto happened = moment_of(call, "originalTimestamp");
  if (!happened) happened = moment_of(call, "timestamp");
  const auto own = moment_of(call, "sentAt");
  set_times(event, arrival, happened, own ? own : sent);
  finish(std::move(event), raw, batch, arrival);
}

}  // namespace

base::Result<Batch> read_segment(const json::value& body, const Arrival& arrival) {
  if (!body.is_object()) {
    return base::fail(base::Code::invalid_argument, "the body must be a JSON object");
  }
  const json::object& call = body.get_object();
  const bool is_batch = arrival.type.empty() || arrival.type == "batch" || arrival.type == "b";
  const auto sent = moment_of(call, "sentAt");
  if (!is_batch) {
    Batch batch;
    read_call(body, sent, arrival, batch);
    return batch;
  }
  const json::array* calls = json::get_array(call, "batch");
  if (!calls) {
    return base::fail(base::Code::invalid_argument, "'batch' must be a list of events");
  }
  Arrival each = arrival;
  each.type = {};
  return read_calls(
      *calls, [&](const json::value& one, Batch& batch) { read_call(one, sent, each, batch); });
}

}  // namespace millrace::listener
