// The table of endpoints (reference: other-endpoints.md 0). A row is all the sandbox knows of one.
#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "braze/endpoints/handlers.hpp"

namespace millrace::braze {
namespace {

Bucket export_bucket(const json::object& body) {
  return body.contains("fields_to_export") ? Bucket::export_some_fields : Bucket::export_ids;
}

Bucket send_bucket(const json::object& body) {
  const bool is_broadcast = json::get_bool(body, "broadcast").value_or(false) ||
                            body.contains("segment_id") || body.contains("audience");
  return is_broadcast ? Bucket::broadcast : Bucket::pool;
}

using B = Bucket;

constexpr Endpoint kEndpoints[] = {
    {"POST", "/users/track", "users.track", B::track, track},
    {"POST", "/users/track/sync", "users.track.sync", B::track_sync, track_sync},
    {"POST", "/users/track/bulk", "users.track.bulk", B::track_bulk, track_bulk},
    {"POST", "/users/identify", "users.identify", B::identity, identify},
    {"POST", "/users/alias/new", "users.alias.new", B::identity, alias_new},
    {"POST", "/users/alias/update", "users.alias.update", B::identity, alias_update},
    {"POST", "/users/merge", "users.merge", B::identity, merge},
    {"POST", "/users/delete", "users.delete", B::identity, delete_users},
    {"POST", "/users/export/ids", "users.export.ids", B::export_ids, export_ids, export_bucket},
    {"POST", "/users/export/segment", "users.export.segment", B::pool, export_segment},
    {"POST", "/users/export/global_control_group", "users.export.global_control_group", B::pool,
     export_control_group},
    {"POST", "/users/external_ids/rename", "users.external_ids.rename", B::external_ids_rename,
     rename_external_ids},
    {"POST", "/users/external_ids/remove", "users.external_ids.remove", B::external_ids_remove,
     remove_external_ids},
    {"POST", "/subscription/status/set", "subscription.status.set", B::subscription,
     set_subscription},
    {"POST", "/v2/subscription/status/set", "subscription.status.set", B::subscription,
     set_subscriptions},
    {"GET", "/subscription/status/get", "subscription.status.get", B::pool, get_subscription},
    {"GET", "/subscription/user/status", "subscription.groups.get", B::pool, user_subscriptions},
    {"POST", "/email/status", "email.status", B::pool, email_status},
    {"POST", "/email/bounce/remove", "email.bounce.remove", B::pool, email_bounce_remove},
    {"POST", "/email/spam/remove", "email.spam.remove", B::pool, email_spam_remove},
    {"POST", "/email/blocklist", "email.blocklist", B::pool, email_blocklist},
    {"POST", "/email/blacklist", "email.blacklist", B::pool, email_blocklist},
    {"GET", "/email/hard_bounces", "email.hard_bounces", B::pool, email_hard_bounces},
    {"GET", "/email/unsubscribes", "email.unsubscribes", B::pool, email_unsubscribes},
    {"POST", "/campaigns/trigger/send", "campaigns.trigger.send", B::pool, send_campaign,
     send_bucket},
    {"POST", "/campaigns/trigger/schedule/create", "campaigns.trigger.schedule.create", B::pool,
     schedule_campaign, send_bucket},
    {"POST", "/campaigns/trigger/schedule/update", "campaigns.trigger.schedule.update", B::pool,
     update_schedule},
    {"POST", "/campaigns/trigger/schedule/delete", "campaigns.trigger.schedule.delete", B::pool,
     delete_schedule},
    {"GET", "/campaigns/list", "campaigns.list", B::pool, list_campaigns},
    {"GET", "/campaigns/details", "campaigns.details", B::pool, campaign_details},
    {"GET", "/campaigns/data_series", "campaigns.data_series", B::data_series, campaign_series},
    {"POST", "/campaigns/duplicate", "campaigns.duplicate", B::copies, duplicate_campaign},
    {"GET", "/campaigns/url_info/details", "campaigns.url_info.details", B::pool,
     campaign_link_aliases},
    {"POST", "/canvas/trigger/send", "canvas.trigger.send", B::pool, send_canvas, send_bucket},
    {"POST", "/canvas/trigger/schedule/create", "canvas.trigger.schedule.create", B::pool,
     schedule_canvas, send_bucket},
    {"POST", "/canvas/trigger/schedule/update", "canvas.trigger.schedule.update", B::pool,
     update_schedule},
    {"POST", "/canvas/trigger/schedule/delete", "canvas.trigger.schedule.delete", B::pool,
     delete_schedule},
    {"GET", "/canvas/list", "canvas.list", B::pool, list_canvases},
    {"GET", "/canvas/details", "canvas.details", B::pool, canvas_details},
    {"GET", "/canvas/data_series", "canvas.data_series", B::pool, canvas_series},
    {"GET", "/canvas/data_summary", "canvas.data_summary", B::pool, canvas_summary},
    {"POST", "/canvas/duplicate", "canvas.duplicate", B::copies, duplicate_canvas},
    {"GET", "/canvas/url_info/details", "canvas.url_info.details", B::pool, canvas_link_aliases},
    {"POST", "/messages/send", "messages.send", B::pool, send_messages, send_bucket},
    {"POST", "/messages/schedule/create", "messages.schedule.create", B::pool, schedule_messages,
     send_bucket},
    {"POST", "/messages/schedule/update", "messages.schedule.update", B::pool, update_schedule},
    {"POST", "/messages/schedule/delete", "messages.schedule.delete", B::pool, delete_schedule},
    {"GET", "/messages/scheduled_broadcasts", "messages.schedule_broadcasts", B::pool,
     scheduled_broadcasts},
    {"POST", "/messages/live_activity/start", "messages.live_activity.start", B::pool,
     start_live_activity},
    {"POST", "/messages/live_activity/update", "messages.live_activity.update", B::pool,
     update_live_activity},
    {"GET", "/sends/data_series", "sends.data_series", B::pool, send_series},
    {"POST", "/sends/id/create", "sends.id.create", B::send_ids, create_send_id},
    {"POST", "/transactional/v1/campaigns/{}/send", "transactional.send", B::pool,
     send_transactional},
    {"GET", "/segments/list", "segments.list", B::pool, list_segments},
    {"GET", "/segments/details", "segments.details", B::pool, segment_details},
    {"GET", "/segments/data_series", "segments.data_series", B::pool, segment_series},
    {"GET", "/feed/list", "feed.list", B::pool, list_cards},
    {"GET", "/feed/details", "feed.details", B::pool, card_details},
    {"GET", "/feed/data_series", "feed.data_series", B::pool, card_series},
    {"GET", "/custom_attributes", "custom_attributes.get", B::names, list_custom_attributes},
    {"GET", "/events", "events.get", B::names, list_events_in_full},
    {"GET", "/events/list", "events.list", B::names, list_events},
    {"GET", "/events/data_series", "events.data_series", B::pool, event_series},
    {"GET", "/purchases/product_list", "purchases.product_list", B::names, list_products},
    {"GET", "/purchases/revenue_series", "purchases.revenue_series", B::pool, revenue_series},
    {"GET", "/purchases/quantity_series", "purchases.quantity_series", B::pool, quantity_series},
    {"GET", "/kpi/dau/data_series", "kpi.dau.data_series", B::pool, kpi_series},
    {"GET", "/kpi/mau/data_series", "kpi.mau.data_series", B::pool, kpi_series},
    {"GET", "/kpi/new_users/data_series", "kpi.new_users.data_series", B::pool, kpi_series},
    {"GET", "/kpi/uninstalls/data_series", "kpi.uninstalls.data_series", B::pool, kpi_series},
    {"GET", "/sessions/data_series", "sessions.data_series", B::pool, session_series},
    {"GET", "/content_blocks/list", "content_blocks.list", B::pool, list_content_blocks},
    {"GET", "/content_blocks/info", "content_blocks.info", B::pool, content_block_info},
    {"POST", "/content_blocks/create", "content_blocks.create", B::pool, create_content_block},
    {"POST", "/content_blocks/update", "content_blocks.update", B::pool, update_content_block},
    {"GET", "/templates/email/list", "templates.email.list", B::pool, list_email_templates},
    {"GET", "/templates/email/info", "templates.email.info", B::pool, email_template_info},
    {"POST", "/templates/email/create", "templates.email.create", B::pool, create_email_template},
    {"POST", "/templates/email/update", "templates.email.update", B::pool, update_email_template},
    {"GET", "/preference_center/v1/list", "preference_center.list", B::center_reads,
     list_preference_centers},
    {"POST", "/preference_center/v1", "preference_center.update", B::center_writes,
     create_preference_center},
    {"GET", "/preference_center/v1/{}", "preference_center.get", B::center_reads,
     preference_center_details},
    {"PUT", "/preference_center/v1/{}", "preference_center.update", B::center_writes,
     update_preference_center},
    {"GET", "/preference_center/v1/{}/url/{}", "preference_center.user.get", B::center_reads,
     preference_center_url},
    {"GET", "/catalogs", "catalogs.get", B::catalogs, list_catalogs},
    {"POST", "/catalogs", "catalogs.create", B::catalogs, create_catalogs},
    {"DELETE", "/catalogs/{}", "catalogs.delete", B::catalogs, delete_catalog},
    {"GET", "/catalogs/{}/items", "catalogs.get_items", B::catalog_items, list_catalog_items},
    {"POST", "/catalogs/{}/items", "catalogs.add_items", B::catalog_items, write_catalog_items},
    {"PATCH", "/catalogs/{}/items", "catalogs.update_items", B::catalog_items, write_catalog_items},
    {"PUT", "/catalogs/{}/items", "catalogs.replace_items", B::catalog_items, write_catalog_items},
    {"DELETE", "/catalogs/{}/items", "catalogs.delete_items", B::catalog_items,
     delete_catalog_items},
    {"GET", "/catalogs/{}/items/{}", "catalogs.get_item", B::catalog_items, get_catalog_item},
    {"POST", "/catalogs/{}/items/{}", "catalogs.create_item", B::catalog_items, write_catalog_item},
    {"PATCH", "/catalogs/{}/items/{}", "catalogs.update_item", B::catalog_items,
     write_catalog_item},
    {"PUT", "/catalogs/{}/items/{}", "catalogs.replace_item", B::catalog_items, write_catalog_item},
    {"DELETE", "/catalogs/{}/items/{}", "catalogs.delete_item", B::catalog_items,
     delete_catalog_item},
    {"POST", "/catalogs/{}/fields", "catalogs.create_fields", B::catalog_parts,
     create_catalog_fields},
    {"DELETE", "/catalogs/{}/fields/{}", "catalogs.delete_fields", B::catalog_parts,
     delete_catalog_field},
    {"POST", "/catalogs/{}/selections", "catalogs.create_selection", B::catalog_parts,
     create_catalog_selection},
    {"DELETE", "/catalogs/{}/selections/{}", "catalogs.delete_selection", B::catalog_parts,
     delete_catalog_selection},
};

// What stands in the path for each {} of the pattern; nullopt when it is another path.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  std::vector<std::string> parts;
  while (true) {
    const auto hole = pattern.find("{}");
    if (hole == std::string_view::npos) {
      return pattern == path ? std::optional(std::move(parts)) : std::nullopt;
    }
    if (!path.starts_with(pattern.substr(0, hole))) return std::nullopt;
    path = path.substr(hole);
    const std::string_view part = path.substr(0, path.find('/'));
    if (part.empty()) return std::nullopt;
    parts.emplace_back(part);
    path = path.substr(part.size());
    pattern = pattern.substr(hole + 2);
  }
}

// How many letters have to change to make one of the other.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

base::Result<void> World::begin() {
  if (auto done = profiles.begin(); !done) return done;
  if (generation == profiles.generation()) return {};
  if (auto done = workspace.load(seed); !done) return done;
  generation = profiles.generation();
  return {};
}

Matched find_endpoint(std::string_view method, std::string_view path) {
  Matched matched;
  for (const Endpoint& endpoint : kEndpoints) {
    auto parts = match(endpoint.path, path);
    if (!parts) continue;
    matched.is_path_known = true;
    if (endpoint.method != method) continue;
    matched.endpoint = &endpoint;
    matched.parts = std::move(*parts);
    return matched;
  }
  return matched;
}

std::string_view nearest_path(std::string_view path) {
  constexpr size_t kPathMax = 80;
  constexpr size_t kFarthest = 3;
  if (path.size() > kPathMax) return {};
  std::string_view nearest;
  size_t least = kFarthest + 1;
  for (const Endpoint& endpoint : kEndpoints) {
    const size_t far = distance(path, endpoint.path);
    if (far < least) {
      least = far;
      nearest = endpoint.path;
    }
  }
  return nearest;
}

std::set<std::string> all_permissions() {
  std::set<std::string> all;
  for (const Endpoint& endpoint : kEndpoints) all.insert(std::string(endpoint.permission));
  return all;
}

std::vector<std::string> Call::query_values(std::string_view name) const {
  const std::string as_array = std::string(name) + "[]";
  std::vector<std::string> values;
  for (const std::string_view pair : base::split(request.query, '&')) {
    const auto equals = pair.find('=');
    const std::string key = web::percent_decode(pair.substr(0, equals), true);
    if (equals == std::string_view::npos || (key != name && key != as_array)) continue;
    std::string value = web::percent_decode(pair.substr(equals + 1), true);
    if (base::is_valid_utf8(value) && value.find('\0') == std::string::npos) {
      values.push_back(std::move(value));
    }
  }
  return values;
}

std::string Call::query_value(std::string_view name, std::string_view otherwise) const {
  auto values = query_values(name);
  return values.empty() ? std::string(otherwise) : std::move(values.front());
}

int64_t Call::query_number(std::string_view name, int64_t least, int64_t most,
                           int64_t otherwise) const {
  const std::string text = query_value(name);
  int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return otherwise;
  return std::clamp(number, least, most);
}

Outcome success(int status, json::object body) {
  body["message"] = "success";
  return json_answer(status, body);
}

Outcome refused(std::string_view message, int status) {
  return message_response(status, message);
}

}  // namespace millrace::braze
