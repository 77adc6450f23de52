// Snowplow's tracker protocol: tp2, a list of events whose members have short names, and the same
// as a query. Contexts and events with a schema of their own come as JSON in a text, or as base64
// of it.
#include "listener/body.hpp"
#include "listener/dialects/fields.hpp"

namespace millrace::listener {
namespace {

using people::Event;
using people::EventKind;

// "iglu:com.acme/add_to_cart/jsonschema/1-0-0" -> "add_to_cart".
std::string name_of_schema(std::string_view schema) {
  const size_t vendor_end = schema.find('/');
  if (vendor_end == schema.npos) return std::string(schema);
  const std::string_view rest = schema.substr(vendor_end + 1);
  return std::string(rest.substr(0, rest.find('/')));
}

// The JSON under `plain`, or under `packed` as base64.
std::optional<json::object> packed_json(const json::object& call, std::string_view plain,
                                        std::string_view packed) {
  std::string text = text_of(call, plain);
  if (text.empty()) text = from_any_base64(text_of(call, packed));
  if (text.empty()) return std::nullopt;
  auto read = json::parse_object(text);
  if (!read) return std::nullopt;
  return std::move(*read);
}

// A structured event: category, action, label, property, value.
void read_structured(const json::object& call, Event& event) {
  static constexpr std::pair<std::string_view, std::string_view> kMembers[] = {
      {"se_ca", "category"}, {"se_la", "label"}, {"se_pr", "property"}, {"se_va", "value"}};
  event.name = text_of(call, "se_ac");
  for (const auto& [shorthand, name] : kMembers) {
    if (const json::value* value = call.if_contains(shorthand)) event.properties[name] = *value;
  }
}

bool read_unstructured(const json::object& call, Event& event) {
  const auto outer = packed_json(call, "ue_pr", "ue_px");
  const json::object* inner = outer ? json::get_object(*outer, "data") : nullptr;
  if (!inner) return false;
  event.name = name_of_schema(json::get_string(*inner, "schema").value_or(""));
  if (const json::object* data = json::get_object(*inner, "data")) event.properties = *data;
  return true;
}

void read_page_ping(const json::object& call, Event& event) {
  event.name = "page ping";
  for (const std::string_view key : {"pp_mix", "pp_max", "pp_miy", "pp_may"}) {
    if (const json::value* value = call.if_contains(key)) event.properties[key] = *value;
  }
}

// "" when it was read, else why not.
std::string_view read_what(std::string_view type, const json::object& call, Event& event) {
  if (type == "pv") {
    event.kind = EventKind::page;
    event.name = text_of(call, "page");
    return {};
  }
  if (type == "pp") return read_page_ping(call, event), std::string_view();
  if (type == "se") return read_structured(call, event), std::string_view();
  if (type != "ue") return "its kind ('e') is none of pv, pp, se, ue";
  return read_unstructured(call, event) ? std::string_view()
                                        : "its 'ue_pr' or 'ue_px' is not an event with a schema";
}

void read_call(const json::value& raw, const Arrival& arrival, Batch& batch) {
  if (!raw.is_object()) return refuse(raw, {}, "it is not an object", batch);
  const json::object& call = raw.get_object();
  Event event;
  event.message_id = id_of(call, "eid");
  event.user_id = id_of(call, "uid");
  event.anonymous_id = id_of(call, "duid");
  if (event.anonymous_id.empty()) event.anonymous_id = id_of(call, "nuid");
  event.session_id = id_of(call, "sid");
  event.locale = id_of(call, "lang");
  event.library = id_of(call, "tv");
  event.user_agent = text_of(call, "ua");
  event.address = id_of(call, "ip");
  const std::string_view wrong = read_what(json::get_string(call, "e").value_or(""), call, event);
  if (!wrong.empty()) return refuse(raw, std::move(event.message_id), std::string(wrong), batch);
  if (auto contexts = packed_json(call, "co", "cx")) {
    if (const json::array* list = json::get_array(*contexts, "data")) {
      event.properties["contexts"] = *list;
    }
  }
  people::Page page{.url = text_of(call, "url"),
                    .title = text_of(call, "page"),
                    .referrer = text_of(call, "refr")};
  if (page != people::Page()) event.page = std::move(page);
  set_times(event, arrival, moment_of(call, "dtm"), moment_of(call, "stm"));
  finish(std::move(event), raw, batch, arrival);
}

}  // namespace

base::Result<Batch> read_snowplow(const json::value& body, const Arrival& arrival) {
  const json::array* calls =
      body.is_object() ? json::get_array(body.get_object(), "data") : nullptr;
  if (!calls) {
    return base::fail(base::Code::invalid_argument, "'data' must be a list of events");
  }
  return read_calls(*calls,
                    [&](const json::value& one, Batch& batch) { read_call(one, arrival, batch); });
}

base::Result<Batch> read_again(Dialect dialect, const json::value& raw, const Arrival& arrival) {
  switch (dialect) {
    case Dialect::segment: return read_segment(json::object{{"batch", json::array{raw}}}, arrival);
    case Dialect::posthog: return read_posthog(json::array{raw}, arrival);
    case Dialect::snowplow: return read_snowplow(json::object{{"data", json::array{raw}}}, arrival);
  }
  return base::fail(base::Code::internal, "a dialect that nobody reads");
}

}  // namespace millrace::listener
