// Live Activities (reference: content-and-centers.md 7). Nothing is shown on any phone: that one
// was started stands in the history of whom it was for.
#include "braze/endpoints/handlers.hpp"
#include "braze/endpoints/people.hpp"
#include "braze/endpoints/sends.hpp"

namespace millrace::braze {
namespace {

constexpr const char* kKind = "live_activities";

enum class Shape { text, object };
struct Wanted {
  const char* name;
  Shape shape;
};

std::string wrong_with(const json::object& body, std::initializer_list<Wanted> required) {
  for (const auto& [name, shape] : required) {
    const bool is_there = shape == Shape::text ? !text_in(body, name).empty()
                                               : json::get_object(body, name) != nullptr;
    if (!is_there) return "'" + std::string(name) + "' is required";
  }
  for (const char* name : {"dismissal_date", "stale_date"}) {
    const auto* given = body.if_contains(name);
    if (given == nullptr || given->is_null()) continue;
    if (!base::parse_iso8601(text_in(body, name))) {
      return "'" + std::string(name) + "' must be a time in ISO 8601";
    }
  }
  return "";
}

// Whether the alert has its two texts.
bool is_notification(const json::object& body) {
  const auto* notification = json::get_object(body, "notification");
  const auto* alert = notification == nullptr ? nullptr : json::get_object(*notification, "alert");
  return alert != nullptr && !text_in(*alert, "title").empty() && !text_in(*alert, "body").empty();
}

// For one of: people, a segment, an audience.
std::expected<Send, std::string> whom(const json::object& body, const Workspace& workspace) {
  json::object asked;
  if (const auto* people = json::get_array(body, "external_user_ids"); people != nullptr) {
    asked["external_user_ids"] = *people;
    return read_send(asked, People::of_messages);
  }
  if (body.contains("segment_id")) {
    if (workspace.find("segments", text_in(body, "segment_id")) == nullptr) {
      return std::unexpected("Invalid segment ID");
    }
  } else if (json::get_object(body, "custom_audience") == nullptr) {
    return std::unexpected("No Recipients");
  }
  asked["broadcast"] = true;
  return read_send(asked, People::of_messages);
}

}  // namespace

Served start_live_activity(Call& call) {
  const std::string wrong = wrong_with(call.body, {{"app_id", Shape::text},
                                                   {"activity_id", Shape::text},
                                                   {"activity_attributes_type", Shape::text},
                                                   {"activity_attributes", Shape::object},
                                                   {"content_state", Shape::object},
                                                   {"notification", Shape::object}});
  if (!wrong.empty()) return refused(wrong);
  if (!is_notification(call.body)) {
    return refused("'notification' must have an 'alert' with a 'title' and a 'body'");
  }
  auto send = whom(call.body, call.world.workspace);
  if (!send) return refused(send.error());
  const std::string id = text_in(call.body, "activity_id");
  send->kind = "live activity";
  send->name = id;
  send->dispatch_id = new_dispatch_id(call.world.random);
  auto outcome = success(201);
  outcome.effect = [id, app_id = text_in(call.body, "app_id"),
                    deliver = deliver(std::move(*send), call.options)](
                       World& world, base::Timestamp now, Diagnostics& diagnostics) mutable {
    world.workspace.put(kKind, id, {{"app_id", app_id}});
    return deliver(world, now, diagnostics);
  };
  return outcome;
}

// One that an app registered by itself is unknown here, and none the worse for it.
Served update_live_activity(Call& call) {
  const std::string wrong = wrong_with(
      call.body,
      {{"app_id", Shape::text}, {"activity_id", Shape::text}, {"content_state", Shape::object}});
  if (!wrong.empty()) return refused(wrong);
  const auto* ends = call.body.if_contains("end_activity");
  if (ends != nullptr && !ends->is_null() && !ends->is_bool()) {
    return refused("'end_activity' must be a boolean");
  }
  auto outcome = success(201);
  outcome.effect = [id = text_in(call.body, "activity_id"),
                    has_ended = json::get_bool(call.body, "end_activity").value_or(false)](
                       World& world, base::Timestamp,
                       Diagnostics& diagnostics) -> base::Result<void> {
    if (world.workspace.find(kKind, id) == nullptr) {
      diagnostics.add("BRZ_UNKNOWN_ACTIVITY",
                      "No activity of that id was started by the API; an app may have registered "
                      "it.");
    } else if (has_ended) {
      world.workspace.erase(kKind, id);
    }
    return {};
  };
  return outcome;
}

}  // namespace millrace::braze
