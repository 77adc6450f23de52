// Fields added to a catalog, and taken away (reference: content-and-centers.md 6).
#include <algorithm>

#include "braze/endpoints/catalogs/catalogs.hpp"
#include "braze/endpoints/handlers.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kFieldsAtOnceMax = 50;

// Whether a selection filters or sorts by it.
bool is_in_selection(const json::object& catalog, const std::string& field) {
  return std::ranges::any_of(items_in(catalog, "selections"), [&](const json::value& item) {
    const json::object& selection = item.get_object();
    return text_in(selection, "sort_field") == field ||
           std::ranges::any_of(items_in(selection, "filters"), [&](const json::value& filter) {
             return text_in(filter.get_object(), "field") == field;
           });
  });
}

}  // namespace

Served create_catalog_fields(Call& call) {
  const std::string& name = call.parts.front();
  const auto* catalog = call.world.workspace.find("catalogs", name);
  if (catalog == nullptr) return no_such_catalog(name);
  if (items_in(call.body, "fields").size() > kFieldsAtOnceMax) {
    return catalog_error(400, "request-includes-too-many-fields",
                         "A request adds at most 50 fields", "fields", "");
  }
  auto fields = with_fields(items_in(*catalog, "fields"), call.body.if_contains("fields"));
  if (!fields) return catalog_error(400, fields.error().id, fields.error().message, "fields", "");
  if (fields->size() > kCatalogFieldsMax) {
    return catalog_error(400, "catalog-exceeds-fields-limit", "A catalog has at most 500 fields",
                         "fields", "");
  }
  json::object changed = *catalog;
  changed["fields"] = std::move(*fields);
  put_catalog(call, name, std::move(changed));
  return success(202);
}

Served delete_catalog_field(Call& call) {
  const std::string& name = call.parts[0];
  const std::string& field = call.parts[1];
  const auto* catalog = call.world.workspace.find("catalogs", name);
  if (catalog == nullptr) return no_such_catalog(name);
  json::array fields = items_in(*catalog, "fields");
  const auto found = std::ranges::find_if(
      fields, [&](const json::value& item) { return text_in(item.get_object(), "name") == field; });
  if (found == fields.end() || field == "id") {
    return catalog_error(404, "invalid-field-name", "Could not find a field that can be deleted",
                         "field_name", field);
  }
  if (is_in_selection(*catalog, field)) {
    return catalog_error(400, "field-referenced-by-selection", "A selection uses the field",
                         "field_name", field);
  }
  fields.erase(found);
  json::object changed = *catalog;
  changed["fields"] = std::move(fields);
  put_catalog(call, name, std::move(changed));
  const auto items = call.world.workspace.all(items_kind(name));
  for (const auto& [id, item] : items) {
    if (!item.contains(field)) continue;
    json::object rest = item;
    rest.erase(field);
    call.world.workspace.put(items_kind(name), id, std::move(rest));
  }
  return success(202);
}

}  // namespace millrace::braze
