// Selections of a catalog: kept and shown with it; nothing here reads items through one (reference:
// content-and-centers.md 6).
#include <algorithm>
#include <array>

#include "braze/endpoints/catalogs/catalogs.hpp"
#include "braze/endpoints/handlers.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kSelectionsMax = 30;  // of one catalog; ours
constexpr size_t kFiltersMax = 4;
constexpr int64_t kResultsMax = 50;

struct Operators {
  std::string_view type;
  std::array<std::string_view, 4> names;
};
constexpr std::array<Operators, 5> kOperators{{
    {"string", {"equals", "does not equal"}},
    {"number", {"equals", "does not equal", "greater than", "less than"}},
    {"boolean", {"is"}},
    {"time", {"before", "after"}},
    {"array", {"includes value", "does not include value"}},
}};

// The type of a field; "" when the catalog has none of that name.
std::string type_of(const json::object& catalog, const std::string& field) {
  for (const json::value& item : items_in(catalog, "fields")) {
    if (text_in(item.get_object(), "name") == field) return text_in(item.get_object(), "type");
  }
  return "";
}

bool is_filter(const json::object& catalog, const json::value& item) {
  const auto* filter = item.if_object();
  if (filter == nullptr || !filter->contains("value")) return false;
  const std::string type = type_of(catalog, text_in(*filter, "field"));
  const auto known = std::ranges::find(kOperators, type, &Operators::type);
  const std::string wanted = text_in(*filter, "operator");
  return known != kOperators.end() && !wanted.empty() &&
         std::ranges::find(known->names, wanted) != known->names.end();
}

CatalogFault wrong_with_filters(const json::object& catalog, const json::object& selection) {
  const auto* given = selection.if_contains("filters");
  if (given == nullptr) return {};
  const auto* filters = given->if_array();
  if (filters == nullptr) {
    return {"selection-has-invalid-filter", "filters must be an array of objects"};
  }
  if (filters->size() > kFiltersMax) {
    return {"too-many-filters", "A selection has at most four filters"};
  }
  const bool are_good = std::ranges::all_of(
      *filters, [&](const json::value& item) { return is_filter(catalog, item); });
  if (!are_good) {
    return {"selection-has-invalid-filter",
            "A filter names a field of the catalog, an operator for its type, and a value"};
  }
  const auto arrays = std::ranges::count_if(*filters, [&](const json::value& item) {
    return type_of(catalog, text_in(item.get_object(), "field")) == "array";
  });
  if (arrays > 1) {
    return {"selection-contains-too-many-arrays", "Only one filter may be on an array"};
  }
  return {};
}

CatalogFault wrong_with_order(const json::object& catalog, const json::object& selection) {
  const bool has_field = selection.contains("sort_field");
  if (has_field != selection.contains("sort_order")) {
    return {"invalid-sorting", "sort_field and sort_order go together"};
  }
  if (!has_field) return {};
  if (type_of(catalog, text_in(selection, "sort_field")).empty()) {
    return {"invalid-sort-field", "sort_field is no field of the catalog"};
  }
  const std::string order = text_in(selection, "sort_order");
  if (order != "asc" && order != "desc") {
    return {"invalid-sort-order", "sort_order is asc or desc"};
  }
  return {};
}

CatalogFault wrong_with(const json::object& catalog, const json::object& selection) {
  const std::string name = text_in(selection, "name");
  if (!is_catalog_name(name)) {
    return {"invalid-selection",
            "A selection needs a name of letters, digits, hyphens and "
            "underscores"};
  }
  for (const json::value& other : items_in(catalog, "selections")) {
    if (text_in(other.get_object(), "name") == name) {
      return {"selection-name-already-exists", "The catalog has a selection of that name"};
    }
  }
  if (items_in(catalog, "selections").size() >= kSelectionsMax) {
    return {"selection-limit-reached", "The catalog has as many selections as it may"};
  }
  if (selection.contains("results_limit")) {
    const int64_t limit = json::get_integer(selection, "results_limit").value_or(0);
    if (limit < 1 || limit > kResultsMax) {
      return {"selection-invalid-results-limit", "results_limit is a number from 1 to 50"};
    }
  }
  const CatalogFault filters = wrong_with_filters(catalog, selection);
  return filters.id.empty() ? wrong_with_order(catalog, selection) : filters;
}

}  // namespace

Served create_catalog_selection(Call& call) {
  const std::string& name = call.parts.front();
  const auto* catalog = call.world.workspace.find("catalogs", name);
  if (catalog == nullptr) return no_such_catalog(name);
  const auto* given = json::get_object(call.body, "selection");
  if (given == nullptr) {
    return catalog_error(400, "invalid-selection", "selection must be an object", "selection", "");
  }
  if (const auto fault = wrong_with(*catalog, *given); !fault.id.empty()) {
    return catalog_error(400, fault.id, fault.message, "selection", text_in(*given, "name"));
  }
  json::object selection;
  for (const char* member :
       {"name", "description", "filters", "results_limit", "sort_field", "sort_order"}) {
    if (const auto* value = given->if_contains(member)) selection[member] = *value;
  }
  json::object changed = *catalog;
  json::array selections = items_in(*catalog, "selections");
  selections.push_back(std::move(selection));
  changed["selections"] = std::move(selections);
  put_catalog(call, name, std::move(changed));
  return success(202);
}

Served delete_catalog_selection(Call& call) {
  const std::string& name = call.parts[0];
  const std::string& wanted = call.parts[1];
  const auto* catalog = call.world.workspace.find("catalogs", name);
  if (catalog == nullptr) return no_such_catalog(name);
  json::array selections = items_in(*catalog, "selections");
  const auto found = std::ranges::find_if(selections, [&](const json::value& item) {
    return text_in(item.get_object(), "name") == wanted;
  });
  if (found == selections.end()) {
    return catalog_error(404, "invalid-selection", "Could not find selection", "selection_name",
                         wanted);
  }
  selections.erase(found);
  json::object changed = *catalog;
  changed["selections"] = std::move(selections);
  put_catalog(call, name, std::move(changed));
  return success(202);
}

}  // namespace millrace::braze
