// Messages, campaigns and Canvases for later (reference: other-endpoints.md 7). Schedules are kept,
// changed and listed; when their time comes the sandbox sends nothing.

#include "braze/endpoints/content/content.hpp"
#include "braze/endpoints/handlers.hpp"
#include "braze/endpoints/sends.hpp"

namespace millrace::braze {
namespace {

// The time of a `schedule` object; an error is the message of a 400.
std::expected<base::Timestamp, std::string> time_of(const json::object& body, base::Timestamp now) {
  const auto* schedule = json::get_object(body, "schedule");
  const auto time = schedule == nullptr ? std::nullopt : json::get_string(*schedule, "time");
  const auto at = time ? base::parse_iso8601(*time) : std::nullopt;
  if (!at) return std::unexpected("'schedule' must have a 'time' in ISO 8601");
  if (*at < now && json::get_bool(*schedule, "in_local_time").value_or(false)) {
    return std::unexpected("The time given for 'in_local_time' has already passed");
  }
  return *at;
}

Served schedule(Call& call, std::string_view type, const std::string& id, const std::string& name) {
  const auto at = time_of(call.body, call.now);
  if (!at) return refused(at.error());
  if (auto wrong = wrong_with_properties(call.body); !wrong.empty()) return refused(wrong);
  const std::string schedule_id = new_api_id(call);
  json::object kept{{"type", type}, {"id", id}, {"name", name}, {"time", base::to_iso8601(*at)}};
  if (!call.world.workspace.put("schedules", schedule_id, std::move(kept))) {
    return refused("There are too many schedules");
  }
  return success(
      201, {{"dispatch_id", new_dispatch_id(call.world.random)}, {"schedule_id", schedule_id}});
}

}  // namespace

Served schedule_messages(Call& call) {
  const auto* messages = json::get_object(call.body, "messages");
  if (messages == nullptr || messages->empty()) return refused("No message to send");
  return schedule(call, "Message", "", "API message");
}

Served schedule_campaign(Call& call) {
  const std::string id = text_in(call.body, "campaign_id");
  const auto* campaign = call.world.workspace.find("campaigns", id);
  if (campaign == nullptr) return refused("Invalid Campaign ID");
  return schedule(call, "Campaign", id, text_in(*campaign, "name"));
}

Served schedule_canvas(Call& call) {
  const std::string id = text_in(call.body, "canvas_id");
  const auto* canvas = call.world.workspace.find("canvases", id);
  if (canvas == nullptr) return refused("Invalid Canvas ID");
  return schedule(call, "Canvas", id, text_in(*canvas, "name"));
}

Served update_schedule(Call& call) {
  const std::string schedule_id = text_in(call.body, "schedule_id");
  const auto* kept = call.world.workspace.find("schedules", schedule_id);
  if (kept == nullptr) return refused("Invalid schedule ID");
  json::object changed = *kept;
  if (call.body.contains("schedule")) {
    const auto at = time_of(call.body, call.now);
    if (!at) return refused(at.error());
    changed["time"] = base::to_iso8601(*at);
  }
  call.world.workspace.put("schedules", schedule_id, std::move(changed));
  return success(201);
}

Served delete_schedule(Call& call) {
  if (!call.world.workspace.erase("schedules", text_in(call.body, "schedule_id"))) {
    return refused("Invalid schedule ID");
  }
  return success(201);
}

Served scheduled_broadcasts(Call& call) {
  const auto end = base::parse_iso8601(call.query_value("end_time"));
  if (!end) return refused("'end_time' must be a time in ISO 8601");
  json::array broadcasts;
  for (const auto& [id, kept] : call.world.workspace.all("schedules")) {
    const std::string time = text_in(kept, "time");
    const auto at = base::parse_iso8601(time);
    if (!at || *at < call.now || *at > *end) continue;
    broadcasts.push_back(json::object{{"name", text_in(kept, "name")},
                                      {"id", id},
                                      {"type", text_in(kept, "type")},
                                      {"tags", json::array()},
                                      {"next_send_time", time},
                                      {"schedule_type", "utc"}});
  }
  return success(200, {{"scheduled_broadcasts", std::move(broadcasts)}});
}

}  // namespace millrace::braze
