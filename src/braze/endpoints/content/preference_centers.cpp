// Preference centers (reference: content-and-centers.md 3). Their pages are kept and given back,
// not shown to anybody.
#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "braze/endpoints/content/content.hpp"
#include "braze/endpoints/handlers.hpp"

namespace millrace::braze {
namespace {

constexpr const char* kKind = "preference_centers";
constexpr size_t kCentersMax = 1'000;  // ours, as is the next
constexpr size_t kPageBytesMax = 256 << 10;
constexpr const char* kUnknown = "Invalid preference center ID";

std::string wrong_with_name(const json::object& body, const Workspace& workspace) {
  const std::string name = text_in(body, "name");
  if (!is_plain_name(name)) {
    return "'name' must be made of letters, numbers, hyphens and underscores";
  }
  const bool is_taken = std::ranges::any_of(workspace.all(kKind), [&](const auto& other) {
    return text_in(other.second, "name") == name;
  });
  return is_taken ? "A preference center with this name already exists" : "";
}

std::string wrong_with_options(const json::object& body) {
  const auto* options = body.if_contains("options");
  if (options == nullptr || options->is_null()) return "";
  const auto* object = options->if_object();
  if (object == nullptr) return "'options' must be an object";
  const bool are_links =
      std::ranges::all_of(items_in(*object, "links-tags"), [](const json::value& item) {
        const auto* link = item.if_object();
        if (link == nullptr || text_in(*link, "href").empty()) return false;
        const std::string rel = text_in(*link, "rel");
        return rel == "icon" || rel == "shortcut icon" || rel == "apple-touch-icon";
      });
  return are_links ? "" : "'links-tags' must be objects with 'rel' and 'href'";
}

std::string wrong_with_pages(const json::object& body) {
  for (const char* name : {"preference_center_page_html", "confirmation_page_html"}) {
    const std::string page = text_in(body, name);
    if (page.empty()) return "'" + std::string(name) + "' is required";
    if (page.size() > kPageBytesMax) return "'" + std::string(name) + "' must be at most 256 KB";
    if (!is_liquid(page)) return "'" + std::string(name) + "' contains malformed liquid";
  }
  const auto* title = body.if_contains("preference_center_title");
  if (title != nullptr && !title->is_null() && !title->is_string()) {
    return "'preference_center_title' must be a string";
  }
  const std::string state = text_in(body, "state");
  if (body.contains("state") && state != "active" && state != "draft") {
    return "'state' must be active or draft";
  }
  return wrong_with_options(body);
}

void lay_over(json::object& center, const json::object& body) {
  for (const char* name : {"preference_center_title", "preference_center_page_html",
                           "confirmation_page_html", "state", "options"}) {
    if (const auto* value = body.if_contains(name)) center[name] = *value;
  }
}

// Times as the pages print them: 2022-09-22T18:28:07Z.
std::string seconds(const json::object& center, std::string_view name) {
  return text_in(center, name).substr(0, 19) + "Z";
}

json::object head(const std::string& id, const json::object& center) {
  return {{"name", text_in(center, "name")},
          {"preference_center_api_id", id},
          {"created_at", seconds(center, "created_at")},
          {"updated_at", seconds(center, "updated_at")}};
}

}  // namespace

Served create_preference_center(Call& call) {
  if (call.world.workspace.all(kKind).size() >= kCentersMax) {
    return refused("There are too many preference centers");
  }
  std::string wrong = wrong_with_name(call.body, call.world.workspace);
  if (wrong.empty()) wrong = wrong_with_pages(call.body);
  if (!wrong.empty()) return refused(wrong);
  const std::string id = new_api_id(call);
  const std::string now = base::to_iso8601(call.now);
  const std::string name = text_in(call.body, "name");
  json::object center{
      {"name", name}, {"state", "active"}, {"created_at", now}, {"updated_at", now}};
  lay_over(center, call.body);
  json::object body{{"preference_center_api_id", id},
                    {"liquid_tag", "{{preference_center.${" + name + "}}}"},
                    {"created_at", seconds(center, "created_at")}};
  call.world.workspace.put(kKind, id, std::move(center));
  return success(201, std::move(body));
}

// Its name stays, whatever is said of it.
Served update_preference_center(Call& call) {
  const std::string& id = call.parts.front();
  const auto* center = call.world.workspace.find(kKind, id);
  if (center == nullptr) return refused(kUnknown, 404);
  if (auto wrong = wrong_with_pages(call.body); !wrong.empty()) return refused(wrong);
  json::object changed = *center;
  lay_over(changed, call.body);
  changed["updated_at"] = base::to_iso8601(call.now);
  json::object body{{"preference_center_api_id", id},
                    {"created_at", seconds(changed, "created_at")},
                    {"updated_at", seconds(changed, "updated_at")}};
  call.world.workspace.put(kKind, id, std::move(changed));
  return success(200, std::move(body));
}

Served list_preference_centers(Call& call) {
  json::array centers;
  for (const auto& [id, center] : call.world.workspace.all(kKind)) {
    centers.push_back(head(id, center));
  }
  return success(200, {{"preference_centers", std::move(centers)}});
}

Served preference_center_details(Call& call) {
  const std::string& id = call.parts.front();
  const auto* center = call.world.workspace.find(kKind, id);
  if (center == nullptr) return refused(kUnknown, 404);
  json::object body = head(id, *center);
  const std::string title = text_in(*center, "preference_center_title");
  body["preference_center_title"] = title.empty() ? "Preference Center" : title;
  body["preference_center_page_html"] = text_in(*center, "preference_center_page_html");
  body["confirmation_page_html"] = text_in(*center, "confirmation_page_html");
  body["redirect_page_html"] = nullptr;
  const auto* options = json::get_object(*center, "options");
  body["preference_center_options"] = options == nullptr ? json::object() : *options;
  body["state"] = text_in(*center, "state");
  return success(200, std::move(body));
}

// The same person gets the same address; nothing is served there.
Served preference_center_url(Call& call) {
  const std::string& id = call.parts[0];
  if (call.world.workspace.find(kKind, id) == nullptr) return refused(kUnknown, 404);
  const auto held = call.world.profiles.find(
      {Identifier::Kind::external_id, web::percent_decode(call.parts[1], false), {}});
  if (!held) return std::unexpected(held.error());
  if (*held == nullptr) return refused("Invalid external ID");
  call.diagnostics.add("BRZ_NO_PAGE", "The sandbox shows no preference center at that address.");
  const std::string whose = base::sha256(id + (*held)->profile.braze_id).substr(0, 16);
  return success(200, {{"preference_center_url",
                        "https://preferences.example.com/" + id + "/" + base::to_hex(whose)}});
}

}  // namespace millrace::braze
