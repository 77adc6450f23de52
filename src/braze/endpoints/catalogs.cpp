// Catalogs, their basics (reference: other-endpoints.md 9). Their errors have a shape of their own.
#include <algorithm>
#include <array>

#include "base/id.hpp"
#include "base/text.hpp"
#include "braze/endpoints/handlers.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kItemsMax = 50;  // in one request
constexpr size_t kPage = 50;
constexpr size_t kNameMax = 250;
constexpr size_t kFieldsMax = 500;
constexpr size_t kItemBytesMax = 5'000;
constexpr std::array<std::string_view, 6> kTypes{"string", "number", "boolean",
                                                 "time",   "object", "array"};

Outcome catalog_error(int status, std::string_view id, std::string_view message,
                      std::string_view parameter, const std::string& value) {
  json::object error{{"id", id}, {"message", message}};
  error["parameters"] = json::array{json::value(parameter)};
  error["parameter_values"] = json::array{json::value(value)};
  json::object body;
  body["errors"] = json::array{std::move(error)};
  body["message"] = "Invalid Request";
  return web::json_response(status, json::serialize(body));
}

Outcome no_such_catalog(const std::string& name) {
  return catalog_error(404, "catalog-not-found", "Could not find catalog", "catalog_name", name);
}

Outcome no_such_item(const std::string& id) {
  return catalog_error(404, "item-not-found", "Could not find item", "item_id", id);
}

Outcome no_items() {
  return catalog_error(400, "item-array-invalid", "items must be an array of 1 to 50 objects",
                       "items", "");
}

// A catalog's name and an item's id are made of the same characters.
bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameMax && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

std::string items_kind(const std::string& catalog) {
  return "items-" + catalog;
}

json::object shown(const Workspace& workspace, const std::string& name,
                   const json::object& catalog) {
  json::object out = catalog;
  out["name"] = name;
  out["num_items"] = workspace.all(items_kind(name)).size();
  return out;
}

// The fields with a token each; nullopt when the first is not `id` or one is of no known type.
std::optional<json::array> read_fields(const json::object& given, Call& call) {
  const auto* fields = json::get_array(given, "fields");
  if (fields == nullptr || fields->empty() || fields->size() > kFieldsMax) return std::nullopt;
  json::array out;
  for (const json::value& item : *fields) {
    const auto* field = item.if_object();
    const std::string name = field == nullptr ? "" : text_in(*field, "name");
    const std::string type = field == nullptr ? "" : text_in(*field, "type");
    if (name.empty() || std::ranges::find(kTypes, type) == kTypes.end()) return std::nullopt;
    if (out.empty() && (name != "id" || type != "string")) return std::nullopt;
    std::array<uint8_t, 10> random{};
    call.world.random.fill(random);
    out.push_back(json::object{{"name", name},
                               {"type", type},
                               {"token", base::Id::version7(call.now, random).to_string()}});
  }
  return out;
}

// An item laid over the one that is there (PATCH), or in its place; "" or what is wrong with it.
std::string put_item(Call& call, const std::string& catalog, const std::string& id,
                     const json::object& given) {
  const auto* old = call.world.workspace.find(items_kind(catalog), id);
  json::object item = call.request.method == "PATCH" && old != nullptr ? *old : json::object();
  for (const auto& member : given) item[member.key()] = member.value();
  item["id"] = id;
  if (json::serialize(item).size() > kItemBytesMax) return "item-too-large";
  return call.world.workspace.put(items_kind(catalog), id, std::move(item)) ? "" : "too-many-items";
}

// The items of a request, each of them an object; nullptr when it is anything else.
const json::array* items_of(const json::object& body) {
  const auto* items = json::get_array(body, "items");
  const bool good = items != nullptr && !items->empty() && items->size() <= kItemsMax &&
                    std::ranges::all_of(*items, [](const auto& item) { return item.is_object(); });
  return good ? items : nullptr;
}

}  // namespace

Served list_catalogs(Call& call) {
  json::array catalogs;
  for (const auto& [name, catalog] : call.world.workspace.all("catalogs")) {
    catalogs.push_back(shown(call.world.workspace, name, catalog));
  }
  return success(200, {{"catalogs", std::move(catalogs)}});
}

Served create_catalogs(Call& call) {
  const auto* catalogs = json::get_array(call.body, "catalogs");
  if (catalogs == nullptr || catalogs->size() != 1 || !catalogs->front().is_object()) {
    return catalog_error(400, "catalog-array-invalid", "catalogs must be an array with one object",
                         "catalogs", "");
  }
  const json::object& given = catalogs->front().get_object();
  const std::string name = text_in(given, "name");
  if (!is_name(name)) {
    return catalog_error(400, "invalid-catalog-name",
                         "A name holds letters, digits, hyphens and underscores", "name", name);
  }
  if (call.world.workspace.find("catalogs", name) != nullptr) {
    return catalog_error(400, "catalog-name-already-exists",
                         "A catalog with that name already exists", "name", name);
  }
  auto fields = read_fields(given, call);
  if (!fields) {
    return catalog_error(400, "invalid-fields",
                         "The first field must be id of type string, and every type a known one",
                         "fields", "");
  }
  json::object catalog{{"description", text_in(given, "description")},
                       {"fields", std::move(*fields)},
                       {"source", "Braze"},
                       {"updated_at", base::to_iso8601(call.now)}};
  json::array made;
  made.push_back(shown(call.world.workspace, name, catalog));
  call.world.workspace.put("catalogs", name, std::move(catalog));
  return success(201, {{"catalogs", std::move(made)}});
}

Served delete_catalog(Call& call) {
  const std::string& name = call.parts.front();
  if (!call.world.workspace.erase("catalogs", name)) return no_such_catalog(name);
  const auto items = call.world.workspace.all(items_kind(name));
  for (const auto& [id, item] : items) call.world.workspace.erase(items_kind(name), id);
  return success(200);
}

Served list_catalog_items(Call& call) {
  const std::string& name = call.parts.front();
  if (call.world.workspace.find("catalogs", name) == nullptr) return no_such_catalog(name);
  const std::string after = call.query_value("cursor");
  json::array items;
  std::string last;
  bool has_more = false;
  for (const auto& [id, item] : call.world.workspace.all(items_kind(name))) {
    if (!after.empty() && id <= after) continue;
    has_more = items.size() == kPage;
    if (has_more) break;
    items.push_back(item);
    last = id;
  }
  auto outcome = success(200, {{"items", std::move(items)}});
  if (has_more) {
    const std::string next = "/catalogs/" + name + "/items?cursor=" + last;
    outcome.response.headers.push_back({"Link", "<" + next + ">; rel=\"next\""});
  }
  return outcome;
}

Served get_catalog_item(Call& call) {
  const std::string& name = call.parts[0];
  if (call.world.workspace.find("catalogs", name) == nullptr) return no_such_catalog(name);
  const auto* item = call.world.workspace.find(items_kind(name), call.parts[1]);
  if (item == nullptr) return no_such_item(call.parts[1]);
  json::array items;
  items.push_back(*item);
  return success(200, {{"items", std::move(items)}});
}

Served write_catalog_items(Call& call) {
  const std::string& name = call.parts.front();
  if (call.world.workspace.find("catalogs", name) == nullptr) return no_such_catalog(name);
  const auto* items = items_of(call.body);
  if (items == nullptr) return no_items();
  for (const json::value& item : *items) {
    const std::string id = text_in(item.get_object(), "id");
    if (!is_name(id)) {
      return catalog_error(400, "invalid-ids",
                           "An id holds letters, digits, hyphens and underscores", "id", id);
    }
  }
  for (const json::value& item : *items) {
    const json::object& object = item.get_object();
    const auto wrong = put_item(call, name, text_in(object, "id"), object);
    if (!wrong.empty()) {
      call.diagnostics.add("BRZ_CATALOG_ITEM", "An item was left out: " + wrong + ".");
    }
  }
  return success(202);
}

Served write_catalog_item(Call& call) {
  const std::string& name = call.parts[0];
  const std::string& id = call.parts[1];
  const std::string& method = call.request.method;
  if (call.world.workspace.find("catalogs", name) == nullptr) return no_such_catalog(name);
  const bool is_known = call.world.workspace.find(items_kind(name), id) != nullptr;
  if (method == "POST" && is_known) {
    return catalog_error(400, "item-already-exists", "The item already exists in the catalog", "id",
                         id);
  }
  if (method == "PATCH" && !is_known) return no_such_item(id);
  const auto* items = items_of(call.body);
  if (!is_name(id) || items == nullptr || items->size() != 1) return no_items();
  const auto wrong = put_item(call, name, id, items->front().get_object());
  if (!wrong.empty()) return catalog_error(400, wrong, "The item cannot be kept", "items", "");
  return success(method == "POST" ? 201 : 200);
}

Served delete_catalog_items(Call& call) {
  const std::string& name = call.parts.front();
  if (call.world.workspace.find("catalogs", name) == nullptr) return no_such_catalog(name);
  const auto* items = items_of(call.body);
  if (items == nullptr) return no_items();
  for (const json::value& item : *items) {
    call.world.workspace.erase(items_kind(name), text_in(item.get_object(), "id"));
  }
  return success(202);
}

Served delete_catalog_item(Call& call) {
  const std::string& name = call.parts[0];
  if (call.world.workspace.find("catalogs", name) == nullptr) return no_such_catalog(name);
  if (!call.world.workspace.erase(items_kind(name), call.parts[1])) {
    return no_such_item(call.parts[1]);
  }
  return success(200);
}

}  // namespace millrace::braze
