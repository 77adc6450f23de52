// Reading what stands in the dashboard: campaigns, Canvases, segments, News Feed cards (reference:
// other-endpoints.md 7, 10; content-and-centers.md 4).
#include <algorithm>

#include "braze/endpoints/handlers.hpp"
#include "braze/endpoints/series.hpp"
#include "braze/kept.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kPage = 100;

json::value member_or(const json::object& object, std::string_view name, json::value otherwise) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? otherwise : *value;
}

// One page of a kind, in the order of their ids.
template <typename Show>
json::array page_of(const Call& call, std::string_view kind, const Show& show) {
  const bool with_archived = call.query_value("include_archived") == "true";
  std::vector<std::pair<std::string, const json::object*>> all;
  for (const auto& [id, object] : call.world.workspace.all(kind)) {
    if (!with_archived && json::get_bool(object, "archived").value_or(false)) continue;
    all.emplace_back(id, &object);
  }
  if (call.query_value("sort_direction") == "desc") std::ranges::reverse(all);
  const auto first = static_cast<size_t>(call.query_number("page", 0, 10'000, 0)) * kPage;
  json::array out;
  for (size_t i = first; i < std::min(all.size(), first + kPage); ++i) {
    out.push_back(show(all[i].first, *all[i].second));
  }
  return out;
}

std::string edited_at(const json::object& object) {
  const std::string at = text_in(object, "updated_at");
  return at.empty() ? "2026-01-01T00:00:00.000Z" : at;
}

// What is kept of it under those names, or what stands there instead.
json::object details(const json::object& object, const json::object& defaults) {
  const std::string edited = edited_at(object);
  json::object body{{"created_at", member_or(object, "created_at", json::value(edited))},
                    {"updated_at", edited}};
  for (const auto& member : defaults) {
    body[member.key()] = member_or(object, member.key(), member.value());
  }
  return body;
}

const json::object& no_stats() {
  static const json::object kNone{
      {"revenue", 0}, {"conversions", 0}, {"conversions_by_entry_time", 0}, {"entries", 0}};
  return kNone;
}

}  // namespace

Served list_campaigns(Call& call) {
  auto page = page_of(call, "campaigns", [](const std::string& id, const json::object& campaign) {
    return json::object{{"id", id},
                        {"last_edited", edited_at(campaign)},
                        {"name", text_in(campaign, "name")},
                        {"is_api_campaign", member_or(campaign, "is_api_campaign", true)},
                        {"tags", member_or(campaign, "tags", json::array())}};
  });
  return success(200, {{"campaigns", std::move(page)}});
}

Served campaign_details(Call& call) {
  const auto* campaign = call.world.workspace.find("campaigns", call.query_value("campaign_id"));
  if (campaign == nullptr) return refused("Invalid Campaign ID");
  return success(200, details(*campaign, {{"name", ""},
                                          {"description", ""},
                                          {"archived", false},
                                          {"draft", false},
                                          {"enabled", true},
                                          {"schedule_type", "api_triggered"},
                                          {"channels", json::array()},
                                          {"first_sent", nullptr},
                                          {"last_sent", nullptr},
                                          {"tags", json::array()},
                                          {"teams", json::array()},
                                          {"messages", json::object()},
                                          {"conversion_behaviors", json::array()}}));
}

Served campaign_series(Call& call) {
  if (call.world.workspace.find("campaigns", call.query_value("campaign_id")) == nullptr) {
    return refused("Invalid Campaign ID");
  }
  return series(call, [](int64_t, json::object& day) {
    day["messages"] = json::object();
    for (const char* name : {"conversions", "revenue", "unique_recipients"}) day[name] = 0;
  });
}

Served list_canvases(Call& call) {
  auto page = page_of(call, "canvases", [](const std::string& id, const json::object& canvas) {
    return json::object{{"id", id},
                        {"last_edited", edited_at(canvas)},
                        {"name", text_in(canvas, "name")},
                        {"tags", member_or(canvas, "tags", json::array())}};
  });
  return success(200, {{"canvases", std::move(page)}});
}

namespace {

const json::object* canvas_of(const Call& call) {
  return call.world.workspace.find("canvases", call.query_value("canvas_id"));
}

// As recorded.
Outcome no_such_canvas() {
  return refused("canvas_id must be a string of the Canvas api identifier");
}

}  // namespace

Served canvas_details(Call& call) {
  const auto* canvas = canvas_of(call);
  if (canvas == nullptr) return no_such_canvas();
  return success(200, details(*canvas, {{"name", ""},
                                        {"description", ""},
                                        {"archived", false},
                                        {"draft", false},
                                        {"enabled", true},
                                        {"has_post_launch_draft", false},
                                        {"schedule_type", "api_triggered"},
                                        {"first_entry", nullptr},
                                        {"last_entry", nullptr},
                                        {"channels", json::array()},
                                        {"variants", json::array()},
                                        {"tags", json::array()},
                                        {"teams", json::array()},
                                        {"steps", json::array()}}));
}

Served canvas_series(Call& call) {
  const auto* canvas = canvas_of(call);
  if (canvas == nullptr) return no_such_canvas();
  const auto days = series_days(call);
  if (!days) return refused(days.error());
  json::array stats;
  for (const std::string& day : *days) {
    stats.push_back(json::object{{"time", day}, {"total_stats", no_stats()}});
  }
  json::object data{{"name", text_in(*canvas, "name")}, {"stats", std::move(stats)}};
  return success(200, {{"data", std::move(data)}});
}

Served canvas_summary(Call& call) {
  const auto* canvas = canvas_of(call);
  if (canvas == nullptr) return no_such_canvas();
  json::object data{{"name", text_in(*canvas, "name")}, {"total_stats", no_stats()}};
  return success(200, {{"data", std::move(data)}});
}

Served list_cards(Call& call) {
  auto page = page_of(call, "cards", [](const std::string& id, const json::object& card) {
    return json::object{{"id", id},
                        {"type", member_or(card, "type", "CaptionedImage")},
                        {"title", text_in(card, "title")},
                        {"tags", member_or(card, "tags", json::array())}};
  });
  return success(200, {{"cards", std::move(page)}});
}

Served card_details(Call& call) {
  const auto* card = call.world.workspace.find("cards", call.query_value("card_id"));
  if (card == nullptr) return refused("Invalid Card ID");
  return success(200, details(*card, {{"name", ""},
                                      {"publish_at", nullptr},
                                      {"end_at", nullptr},
                                      {"tags", json::array()},
                                      {"title", ""},
                                      {"image_url", nullptr},
                                      {"extras", json::object()},
                                      {"description", ""},
                                      {"archived", false},
                                      {"draft", false}}));
}

Served card_series(Call& call) {
  if (call.world.workspace.find("cards", call.query_value("card_id")) == nullptr) {
    return refused("Invalid Card ID");
  }
  return series(call, [](int64_t, json::object& day) {
    for (const char* name : {"clicks", "impressions", "unique_clicks", "unique_impressions"}) {
      day[name] = 0;
    }
  });
}

Served list_segments(Call& call) {
  auto page = page_of(call, "segments", [](const std::string& id, const json::object& segment) {
    return json::object{
        {"id", id},
        {"name", text_in(segment, "name")},
        {"analytics_tracking_enabled", member_or(segment, "analytics_tracking_enabled", true)},
        {"tags", member_or(segment, "tags", json::array())}};
  });
  return success(200, {{"segments", std::move(page)}});
}

Served segment_details(Call& call) {
  const auto* segment = call.world.workspace.find("segments", call.query_value("segment_id"));
  if (segment == nullptr) return refused("Invalid segment ID");
  return success(200, details(*segment, {{"name", ""},
                                         {"description", ""},
                                         {"text_description", ""},
                                         {"tags", json::array()},
                                         {"teams", json::array()}}));
}

// The size of today on every day: the sandbox keeps no history of who was in a segment. It looks
// at so many profiles and no more.
Served segment_series(Call& call) {
  constexpr size_t kLookedAtMax = 20'000;
  const auto* segment = call.world.workspace.find("segments", call.query_value("segment_id"));
  if (segment == nullptr) return refused("Invalid segment ID");
  int64_t size = 0;
  const auto next = call.world.profiles.each("", kLookedAtMax, [&](const Profile& profile) {
    if (is_in_segment(*segment, profile)) ++size;
  });
  if (!next) return std::unexpected(next.error());
  return series(call, [size](int64_t, json::object& day) { day["size"] = size; });
}

}  // namespace millrace::braze
