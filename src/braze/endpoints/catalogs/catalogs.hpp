// What the endpoints of catalogs share (reference: other-endpoints.md 9): their errors, which have
// a shape of their own, names, and fields.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "braze/front/endpoint.hpp"

namespace millrace::braze {

inline constexpr size_t kCatalogNameMax = 250;
inline constexpr size_t kCatalogFieldsMax = 500;

Outcome catalog_error(int status, std::string_view id, std::string_view message,
                      std::string_view parameter, const std::string& value);
Outcome no_such_catalog(const std::string& name);

// What catalogs, fields, selections and the ids of items are named with: letters, digits, hyphens
// and underscores.
bool is_catalog_name(std::string_view name);

// The kind under which the workspace keeps the items of a catalog.
std::string items_kind(const std::string& catalog);

// What is wrong, by its published id, and in words.
struct CatalogFault {
  std::string_view id;
  std::string_view message;
};
// The fields of a request, laid behind those that are there.
std::expected<json::array, CatalogFault> with_fields(json::array known, const json::value* given);

// Keeps it as it has become, and notes when that was.
bool put_catalog(Call& call, const std::string& name, json::object catalog);

}  // namespace millrace::braze
