// The handlers of the table in endpoints.cpp, each in the file of its subject.
#pragma once

#include "braze/front/endpoint.hpp"

namespace millrace::braze {

// track.cpp
Served track(Call& call);
Served track_sync(Call& call);
Served track_bulk(Call& call);
// identify.cpp
Served identify(Call& call);
Served alias_new(Call& call);
Served alias_update(Call& call);
// merge.cpp
Served merge(Call& call);
Served delete_users(Call& call);
// external_ids.cpp
Served rename_external_ids(Call& call);
Served remove_external_ids(Call& call);
// export.cpp
Served export_ids(Call& call);
Served export_segment(Call& call);
Served export_control_group(Call& call);
// subscriptions.cpp
Served set_subscription(Call& call);
Served set_subscriptions(Call& call);
Served get_subscription(Call& call);
Served user_subscriptions(Call& call);
// email_lists.cpp
Served email_status(Call& call);
Served email_bounce_remove(Call& call);
Served email_spam_remove(Call& call);
Served email_blocklist(Call& call);
Served email_hard_bounces(Call& call);
Served email_unsubscribes(Call& call);
// sends.cpp
Served send_campaign(Call& call);
Served send_canvas(Call& call);
Served send_messages(Call& call);
Served send_transactional(Call& call);
Served create_send_id(Call& call);
// schedules.cpp
Served schedule_messages(Call& call);
Served schedule_campaign(Call& call);
Served schedule_canvas(Call& call);
Served update_schedule(Call& call);
Served delete_schedule(Call& call);
Served scheduled_broadcasts(Call& call);
// dashboard.cpp
Served list_campaigns(Call& call);
Served campaign_details(Call& call);
Served campaign_series(Call& call);
Served list_canvases(Call& call);
Served canvas_details(Call& call);
Served canvas_series(Call& call);
Served canvas_summary(Call& call);
Served list_cards(Call& call);
Served card_details(Call& call);
Served card_series(Call& call);
Served list_segments(Call& call);
Served segment_details(Call& call);
Served segment_series(Call& call);
// analytics.cpp
Served list_events(Call& call);
Served event_series(Call& call);
Served list_products(Call& call);
Served revenue_series(Call& call);
Served quantity_series(Call& call);
Served kpi_series(Call& call);
Served session_series(Call& call);
Served list_events_in_full(Call& call);
Served list_custom_attributes(Call& call);
Served send_series(Call& call);
// copies.cpp
Served duplicate_campaign(Call& call);
Served duplicate_canvas(Call& call);
Served campaign_link_aliases(Call& call);
Served canvas_link_aliases(Call& call);
// live_activities.cpp
Served start_live_activity(Call& call);
Served update_live_activity(Call& call);
// content/content_blocks.cpp
Served create_content_block(Call& call);
Served update_content_block(Call& call);
Served content_block_info(Call& call);
Served list_content_blocks(Call& call);
// content/email_templates.cpp
Served create_email_template(Call& call);
Served update_email_template(Call& call);
Served email_template_info(Call& call);
Served list_email_templates(Call& call);
// content/preference_centers.cpp
Served create_preference_center(Call& call);
Served update_preference_center(Call& call);
Served list_preference_centers(Call& call);
Served preference_center_details(Call& call);
Served preference_center_url(Call& call);
// catalogs/catalogs.cpp
Served list_catalogs(Call& call);
Served create_catalogs(Call& call);
Served delete_catalog(Call& call);
// catalogs/items.cpp
Served list_catalog_items(Call& call);
Served get_catalog_item(Call& call);
Served write_catalog_items(Call& call);
Served write_catalog_item(Call& call);
Served delete_catalog_items(Call& call);
Served delete_catalog_item(Call& call);
// catalogs/fields.cpp
Served create_catalog_fields(Call& call);
Served delete_catalog_field(Call& call);
// catalogs/selections.cpp
Served create_catalog_selection(Call& call);
Served delete_catalog_selection(Call& call);

}  // namespace millrace::braze
