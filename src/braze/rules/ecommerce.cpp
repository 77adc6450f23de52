#include "braze/rules/ecommerce.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace millrace::braze {
namespace {

enum class Type { string, number, integer, array, object, boolean };
enum class Needed { yes, no };

struct Property {
  std::string_view name;
  Type type = Type::string;
  Needed needed = Needed::yes;
};
struct Schema {
  std::string_view event;
  std::vector<Property> properties;
};

// Optional ones are those that the documentation of the recommended events names beside.
const std::vector<Property> kProduct{{"product_id"},
                                     {"product_name"},
                                     {"variant_id"},
                                     {"quantity", Type::integer},
                                     {"price", Type::number},
                                     {"image_url", Type::string, Needed::no},
                                     {"product_url", Type::string, Needed::no},
                                     {"metadata", Type::object, Needed::no}};

std::vector<Property> with_cart(std::vector<Property> own) {
  own.insert(own.end(), {{"total_value", Type::number},
                         {"currency"},
                         {"products", Type::array},
                         {"source"},
                         {"metadata", Type::object, Needed::no},
                         {"cart_id", Type::string, Needed::no},
                         {"total_discounts", Type::number, Needed::no},
                         {"discounts", Type::array, Needed::no}});
  return own;
}

const std::vector<Schema>& schemas() {
  static const std::vector<Schema> all{
      {"ecommerce.product_viewed",
       {{"product_id"},
        {"product_name"},
        {"variant_id"},
        {"price", Type::number},
        {"currency"},
        {"source"},
        {"image_url", Type::string, Needed::no},
        {"product_url", Type::string, Needed::no},
        {"type", Type::array, Needed::no},
        {"metadata", Type::object, Needed::no}}},
      {"ecommerce.cart_updated", with_cart({{"cart_id"}, {"action", Type::string, Needed::no}})},
      {"ecommerce.checkout_started", with_cart({{"checkout_id"}})},
      {"ecommerce.order_placed", with_cart({{"order_id"}})},
  };
  return all;
}

std::string_view name_of(Type type) {
  switch (type) {
    case Type::string: return "string";
    case Type::number: return "number";
    case Type::integer: return "integer";
    case Type::array: return "array";
    case Type::object: return "object";
    case Type::boolean: return "boolean";
  }
  return "string";
}

std::string_view type_of(const json::value& value) {
  if (value.is_string()) return "string";
  if (value.is_int64() || value.is_uint64()) return "integer";
  if (value.is_double()) return "number";
  if (value.is_bool()) return "boolean";
  if (value.is_array()) return "array";
  return value.is_object() ? "object" : "null";
}

bool is_of(const json::value& value, Type type) {
  if (type == Type::number) return value.is_number();
  return type_of(value) == name_of(type);
}

// `at` is where the object stands: "" for the properties, "/products/0".
Complaint check(const json::object& object, std::span<const Property> schema, std::string at) {
  const std::string here = "The property '#" + (at.empty() ? "/" : at) + "'";
  std::string extra;
  for (const auto& member : object) {
    if (std::ranges::find(schema, std::string_view(member.key()), &Property::name) != schema.end())
      continue;
    if (!extra.empty()) extra += ", ";
    extra += json::serialize(json::value(member.key()));
  }
  if (!extra.empty()) {
    return here + " contains additional properties [" + extra +
           "] outside of the schema when none are allowed";
  }
  for (const Property& property : schema) {
    const auto* value = object.if_contains(property.name);
    if (value == nullptr && property.needed == Needed::yes) {
      return here + " did not contain a required property of '" + std::string(property.name) + "'";
    }
    if (value != nullptr && !is_of(*value, property.type)) {
      return "The property '#" + at + "/" + std::string(property.name) + "' of type " +
             std::string(type_of(*value)) +
             " did not match the following type: " + std::string(name_of(property.type));
    }
  }
  return std::nullopt;
}

}  // namespace

Complaint check_ecommerce(std::string_view name, const json::object& event) {
  if (!name.starts_with("ecommerce.")) return std::nullopt;
  const auto schema = std::ranges::find(schemas(), name, &Schema::event);
  if (schema == schemas().end()) return std::nullopt;
  const json::object none;
  const auto* properties = json::get_object(event, "properties");
  if (properties == nullptr) properties = &none;
  if (auto complaint = check(*properties, schema->properties, "")) return complaint;
  const auto* products = json::get_array(*properties, "products");
  for (size_t i = 0; products != nullptr && i < products->size(); ++i) {
    const std::string at = "/products/" + std::to_string(i);
    const auto* product = (*products)[i].if_object();
    if (product == nullptr) {
      return "The property '#" + at + "' of type " + std::string(type_of((*products)[i])) +
             " did not match the following type: object";
    }
    if (auto complaint = check(*product, kProduct, at)) return complaint;
  }
  return std::nullopt;
}

}  // namespace millrace::braze
