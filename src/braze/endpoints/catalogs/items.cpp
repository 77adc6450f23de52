// The items of catalogs, one by one and by the fifty (reference: other-endpoints.md 9).
#include <algorithm>
#include <set>

#include "base/json_plain.hpp"
#include "braze/endpoints/catalogs/catalogs.hpp"
#include "braze/endpoints/handlers.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kItemsMax = 50;  // in one request
constexpr size_t kPage = 50;
constexpr size_t kItemBytesMax = 5'000;

Outcome no_such_item(const std::string& id) {
  return catalog_error(404, "item-not-found", "Could not find item", "item_id", id);
}

// An item laid over the one that is there (PATCH), or in its place; "" or what is wrong with it.
std::string put_item(Call& call, const std::string& catalog, const std::string& id,
                     const json::object& given) {
  const auto* old = call.world.workspace.find(items_kind(catalog), id);
  json::object item = call.request.method == "PATCH" && old != nullptr ? *old : json::object();
  for (const auto& member : given) item[member.key()] = member.value();
  item["id"] = id;
  if (json::serialize_plain(item).size() > kItemBytesMax) return "item-too-large";
  return call.world.workspace.put(items_kind(catalog), id, std::move(item)) ? "" : "too-many-items";
}

// The items of a request, each of them an object; the error is the answer.
std::expected<const json::array*, Outcome> items_of(const json::object& body) {
  const auto* items = json::get_array(body, "items");
  const bool good = items != nullptr && !items->empty() &&
                    std::ranges::all_of(*items, [](const auto& item) { return item.is_object(); });
  if (!good) {
    return std::unexpected(catalog_error(400, "item-array-invalid",
                                         "items must be an array of 1 to 50 objects", "items", ""));
  }
  if (items->size() > kItemsMax) {
    return std::unexpected(catalog_error(400, "request-includes-too-many-items",
                                         "A request has at most 50 items", "items", ""));
  }
  return items;
}

// Whether each has an id of its own; the answer when not.
std::optional<Outcome> refuse_ids(const json::array& items) {
  const auto missing = std::ranges::count_if(
      items, [](const json::value& item) { return !item.get_object().contains("id"); });
  if (missing > 0) {
    json::object error{
        {"id", "items-missing-ids"},
        {"message", "There are " + std::to_string(missing) + " item(s) that do not have ids"},
        {"parameters", json::array()},
        {"parameter_values", json::array()}};
    json::object body;
    body["errors"] = json::array{std::move(error)};
    body["message"] = "Invalid Request";
    return Outcome(json_answer(400, body));
  }
  std::set<std::string> seen;
  for (const json::value& item : items) {
    if (!item.at("id").is_string()) {
      return catalog_error(400, "ids-not-strings", "An id must be a string", "id", "");
    }
    const std::string id = text_in(item.get_object(), "id");
    if (id.size() > kCatalogNameMax) {
      return catalog_error(400, "ids-too-large", "An id has at most 250 characters", "id", id);
    }
    if (!is_catalog_name(id)) {
      return catalog_error(400, "invalid-ids",
                           "An id holds letters, digits, hyphens and underscores", "id", id);
    }
    if (!seen.insert(id).second) {
      return catalog_error(400, "ids-not-unique", "Two items have the same id", "id", id);
    }
  }
  return std::nullopt;
}

}  // namespace

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

namespace {

// What `each` does with every item of the body, of a catalog that is there.
template <typename Each>
Served with_items(Call& call, Each each) {
  const std::string& name = call.parts.front();
  if (call.world.workspace.find("catalogs", name) == nullptr) return no_such_catalog(name);
  auto items = items_of(call.body);
  if (!items) return std::move(items.error());
  if (auto wrong = refuse_ids(**items)) return std::move(*wrong);
  for (const json::value& item : **items) each(name, item.get_object());
  return success(202);
}

}  // namespace

Served write_catalog_items(Call& call) {
  return with_items(call, [&](const std::string& name, const json::object& item) {
    const auto wrong = put_item(call, name, text_in(item, "id"), item);
    if (!wrong.empty()) {
      call.diagnostics.add("BRZ_CATALOG_ITEM", "An item was left out: " + wrong + ".");
    }
  });
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
  auto items = items_of(call.body);
  if (!items) return std::move(items.error());
  if ((*items)->size() != 1) {
    return catalog_error(400, "request-includes-too-many-items", "A request is about one item",
                         "items", "");
  }
  if (!is_catalog_name(id)) {
    return catalog_error(400, "invalid-ids", "An id holds letters, digits, hyphens and underscores",
                         "id", id);
  }
  const auto wrong = put_item(call, name, id, (*items)->front().get_object());
  if (!wrong.empty()) return catalog_error(400, wrong, "The item cannot be kept", "items", "");
  return success(method == "POST" ? 201 : 200);
}

Served delete_catalog_items(Call& call) {
  return with_items(call, [&](const std::string& name, const json::object& item) {
    call.world.workspace.erase(items_kind(name), text_in(item, "id"));
  });
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
