#include "braze/endpoints/catalogs/catalogs.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/json_plain.hpp"
#include "base/text.hpp"
#include "braze/endpoints/content/content.hpp"
#include "braze/endpoints/handlers.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kDescriptionMax = 250;
constexpr std::array<std::string_view, 6> kTypes{"string", "number", "boolean",
                                                 "time",   "object", "array"};

// As recorded: 2024-10-14T13:00:15.946+00:00.
std::string shown_time(std::string at) {
  if (at.ends_with('Z')) at.replace(at.size() - 1, 1, "+00:00");
  return at;
}

int64_t bytes_of(const json::value& value) {
  return static_cast<int64_t>(json::serialize_plain(value).size());
}

// In the order of members in which they are recorded.
json::object shown(const Workspace& workspace, const std::string& name,
                   const json::object& catalog) {
  const auto& items = workspace.all(items_kind(name));
  const json::array& fields = items_in(catalog, "fields");
  const json::array& selections = items_in(catalog, "selections");
  int64_t storage = bytes_of(fields);
  for (const auto& [id, item] : items) storage += bytes_of(item);
  return {{"description", text_in(catalog, "description")},
          {"fields", fields},
          {"name", name},
          {"source", "Braze"},
          {"num_items", items.size()},
          {"storage_size", storage},
          {"selections_size", selections.empty() ? 0 : bytes_of(selections)},
          {"updated_at", shown_time(text_in(catalog, "updated_at"))},
          {"selections", selections}};
}

CatalogFault wrong_with_field(const json::value& item, const json::array& known) {
  const auto* field = item.if_object();
  if (field == nullptr) return {"invalid-fields", "A field is an object with a name and a type"};
  const std::string name = text_in(*field, "name");
  if (name.size() > kCatalogNameMax) {
    return {"field-names-too-large", "A field's name has at most 250 characters"};
  }
  if (!is_catalog_name(name)) {
    return {"invalid-field-names", "A field's name holds letters, digits, hyphens and underscores"};
  }
  const std::string type = text_in(*field, "type");
  if (std::ranges::find(kTypes, type) == kTypes.end()) {
    return {"invalid-field-types",
            "A field's type is string, number, boolean, time, object or array"};
  }
  if (known.empty() && (name != "id" || type != "string")) {
    return {"id-not-first-column", "The first field must be id, of type string"};
  }
  const bool is_known = std::ranges::any_of(
      known, [&](const json::value& other) { return text_in(other.get_object(), "name") == name; });
  if (is_known) return {"field-names-not-unique", "Two fields have the same name"};
  return {};
}

// What is wrong with a catalog to be made, apart from its fields.
std::optional<Outcome> refuse_catalog(const Workspace& workspace, const std::string& name,
                                      const json::object& given) {
  if (name.size() > kCatalogNameMax) {
    return catalog_error(400, "catalog-name-too-large", "A name has at most 250 characters", "name",
                         name);
  }
  if (!is_catalog_name(name)) {
    return catalog_error(400, "invalid_catalog_name",
                         "A name holds letters, digits, hyphens and underscores", "name", name);
  }
  if (workspace.find("catalogs", name) != nullptr) {
    return catalog_error(400, "catalog-name-already-exists",
                         "A catalog with that name already exists", "name", name);
  }
  if (base::utf8_length(text_in(given, "description")) > kDescriptionMax) {
    return catalog_error(400, "description-too-long", "A description has at most 250 characters",
                         "description", "");
  }
  return std::nullopt;
}

}  // namespace

Outcome catalog_error(int status, std::string_view id, std::string_view message,
                      std::string_view parameter, const std::string& value) {
  json::object error{{"id", id}, {"message", message}};
  error["parameters"] = json::array{json::value(parameter)};
  error["parameter_values"] = json::array{json::value(value)};
  json::object body;
  body["errors"] = json::array{std::move(error)};
  body["message"] = "Invalid Request";
  return json_answer(status, body);
}

Outcome no_such_catalog(const std::string& name) {
  return catalog_error(404, "catalog-not-found", "Could not find catalog", "catalog_name", name);
}

bool is_catalog_name(std::string_view name) {
  return name.size() <= kCatalogNameMax && is_plain_name(name);
}

std::string items_kind(const std::string& catalog) {
  return "items-" + catalog;
}

std::expected<json::array, CatalogFault> with_fields(json::array known, const json::value* given) {
  const auto* fields = given == nullptr ? nullptr : given->if_array();
  if (fields == nullptr || fields->empty()) {
    return std::unexpected(CatalogFault{"invalid-fields", "fields must be an array of objects"});
  }
  if (fields->size() > kCatalogFieldsMax) {
    return std::unexpected(CatalogFault{"too-many-fields", "A catalog has at most 500 fields"});
  }
  for (const json::value& item : *fields) {
    if (const auto fault = wrong_with_field(item, known); !fault.id.empty()) {
      return std::unexpected(fault);
    }
    // Tokens count from -1, that of id, as recorded. A token stays with its field.
    int64_t token = -1;
    for (const json::value& other : known) {
      const std::string text = text_in(other.get_object(), "token");
      token = std::max<int64_t>(token, std::strtoll(text.c_str(), nullptr, 10) + 1);
    }
    const json::object& field = item.get_object();
    known.push_back(json::object{{"name", text_in(field, "name")},
                                 {"token", std::to_string(token)},
                                 {"type", text_in(field, "type")}});
  }
  return known;
}

bool put_catalog(Call& call, const std::string& name, json::object catalog) {
  catalog["updated_at"] = base::to_iso8601(call.now);
  return call.world.workspace.put("catalogs", name, std::move(catalog));
}

Served list_catalogs(Call& call) {
  json::array catalogs;
  for (const auto& [name, catalog] : call.world.workspace.all("catalogs")) {
    catalogs.push_back(shown(call.world.workspace, name, catalog));
  }
  return success(200, {{"catalogs", std::move(catalogs)}});
}

Served create_catalogs(Call& call) {
  const auto* catalogs = json::get_array(call.body, "catalogs");
  if (catalogs == nullptr || catalogs->empty() || !catalogs->front().is_object()) {
    return catalog_error(400, "catalog-array-invalid", "catalogs must be an array of objects",
                         "catalogs", "");
  }
  if (catalogs->size() > 1) {
    return catalog_error(400, "too-many-catalog-atoms", "A request makes one catalog", "catalogs",
                         "");
  }
  const json::object& given = catalogs->front().get_object();
  const std::string name = text_in(given, "name");
  if (auto wrong = refuse_catalog(call.world.workspace, name, given)) return std::move(*wrong);
  auto fields = with_fields({}, given.if_contains("fields"));
  if (!fields) return catalog_error(400, fields.error().id, fields.error().message, "fields", "");
  if (!put_catalog(
          call, name,
          {{"description", text_in(given, "description")}, {"fields", std::move(*fields)}})) {
    return catalog_error(400, "too-many-catalogs", "The sandbox keeps no more catalogs", "catalogs",
                         name);
  }
  json::array made;
  made.push_back(shown(call.world.workspace, name, *call.world.workspace.find("catalogs", name)));
  return success(201, {{"catalogs", std::move(made)}});
}

Served delete_catalog(Call& call) {
  const std::string& name = call.parts.front();
  if (!call.world.workspace.erase("catalogs", name)) return no_such_catalog(name);
  const auto items = call.world.workspace.all(items_kind(name));
  for (const auto& [id, item] : items) call.world.workspace.erase(items_kind(name), id);
  return success(200);
}

}  // namespace millrace::braze
