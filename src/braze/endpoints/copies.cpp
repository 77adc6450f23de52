// Campaigns and Canvases copied, and the aliases of the links in their messages (reference:
// content-and-centers.md 5).
#include <algorithm>

#include "base/text.hpp"
#include "braze/endpoints/content/content.hpp"
#include "braze/endpoints/handlers.hpp"

namespace millrace::braze {
namespace {

// A copy under a new id, which is a draft until somebody starts it in the dashboard.
Outcome duplicate(Call& call, const std::string& kind, const json::object& original) {
  const std::string name = text_in(call.body, "name");
  if (base::trim(name).empty()) return refused("'name' is required");
  json::object copy = original;
  copy["name"] = name;
  copy["description"] = text_in(call.body, "description");
  copy["draft"] = true;
  copy["enabled"] = false;
  // The page calls tag_names a text and speaks of several; both are taken.
  if (const auto* tags = call.body.if_contains("tag_names")) {
    const json::object named{{"tags", tags->is_string() ? json::array{*tags} : *tags}};
    if (auto wrong = wrong_with_tags(named, call.world.workspace); !wrong.empty()) {
      return refused(wrong);
    }
    copy["tags"] = named.at("tags");
  }
  auto outcome = success(202);
  outcome.effect = [kind, id = new_api_id(call), copy = std::move(copy)](
                       World& world, base::Timestamp now,
                       Diagnostics& diagnostics) -> base::Result<void> {
    json::object made = copy;
    made["created_at"] = base::to_iso8601(now);
    made["updated_at"] = base::to_iso8601(now);
    if (!world.workspace.put(kind, id, std::move(made))) {
      diagnostics.add("BRZ_NOT_DUPLICATED", "There are too many of them already.");
    }
    return {};
  };
  return outcome;
}

// {"messages": {"<message_variation_id>": {"channel", "name", "link_data": [...]}}}, as the
// dashboard keeps it.
Outcome link_aliases(const Call& call, const json::object& holder) {
  const auto* messages = json::get_object(holder, "messages");
  const auto* message = messages == nullptr
                            ? nullptr
                            : json::get_object(*messages, call.query_value("message_variation_id"));
  if (message == nullptr) return refused("Missing/Invalid Message Variant ID");
  const std::string wanted = call.query_value("includes_link_id");
  json::array links;
  for (const json::value& item : items_in(*message, "link_data")) {
    const auto* link = item.if_object();
    if (link == nullptr) continue;
    const std::string id = text_in(*link, "link_id");
    if (!wanted.empty() && wanted != "null" && id != wanted) continue;
    const auto* path = link->if_contains("content_block_path_info");
    links.push_back(json::object{{"link_URL", text_in(*link, "link_URL")},
                                 {"link_id", id},
                                 {"content_block_path_info", path ? *path : json::array()},
                                 {"link_alias", text_in(*link, "link_alias")}});
  }
  const std::string channel = text_in(*message, "channel");
  return success(200, {{"channel", channel.empty() ? "email" : channel},
                       {"name", text_in(*message, "name")},
                       {"link_data", std::move(links)}});
}

}  // namespace

Served duplicate_campaign(Call& call) {
  const auto* campaign = call.world.workspace.find("campaigns", text_in(call.body, "campaign_id"));
  if (campaign == nullptr) return refused("Invalid Campaign ID");
  return duplicate(call, "campaigns", *campaign);
}

Served duplicate_canvas(Call& call) {
  const auto* canvas = call.world.workspace.find("canvases", text_in(call.body, "canvas_id"));
  if (canvas == nullptr) return refused("Invalid Canvas ID");
  return duplicate(call, "canvases", *canvas);
}

Served campaign_link_aliases(Call& call) {
  const auto* campaign = call.world.workspace.find("campaigns", call.query_value("campaign_id"));
  if (campaign == nullptr) return refused("Missing/Invalid Campaign ID");
  return link_aliases(call, *campaign);
}

Served canvas_link_aliases(Call& call) {
  const std::string wanted = call.query_value("canvas_step_id");
  for (const auto& [id, canvas] : call.world.workspace.all("canvases")) {
    for (const json::value& item : items_in(canvas, "steps")) {
      const auto* step = item.if_object();
      if (step != nullptr && !wanted.empty() && text_in(*step, "id") == wanted) {
        return link_aliases(call, *step);
      }
    }
  }
  return refused("Missing/Invalid Canvas Step ID");
}

}  // namespace millrace::braze
