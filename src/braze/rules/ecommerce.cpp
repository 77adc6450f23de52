#include "braze/rules/ecommerce.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace millrace::braze {
namespace {

enum class Type { string, money, currency, action, integer, array, object };
// A cart to which something is added, or from which something is taken, need not say its value.
enum class Needed { yes, no, unless_step };

struct Property {
  std::string_view name;
  Type type = Type::string;
  Needed needed = Needed::yes;
};
struct Schema {
  std::string_view event;
  std::vector<Property> properties;
};

using Properties = std::vector<Property>;

const Properties kProduct{{"product_id"},
                          {"product_name"},
                          {"variant_id"},
                          {"quantity", Type::integer},
                          {"price", Type::money},
                          {"image_url", Type::string, Needed::no},
                          {"product_url", Type::string, Needed::no},
                          {"metadata", Type::object, Needed::no}};

// Of every event but product_viewed.
const Properties kAnyOrder{{"currency", Type::currency},
                           {"products", Type::array},
                           {"source"},
                           {"metadata", Type::object, Needed::no}};
const Properties kParts{{"subtotal_value", Type::money, Needed::no},
                        {"tax", Type::money, Needed::no},
                        {"shipping", Type::money, Needed::no}};
const Properties kDiscounts{{"total_discounts", Type::money, Needed::no},
                            {"discounts", Type::array, Needed::no}};
const Property kTotal{"total_value", Type::money};
const Property kCartId{"cart_id", Type::string, Needed::no};

Properties joined(std::initializer_list<Properties> parts) {
  Properties all;
  for (const Properties& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// Discounts of a cart and of a checkout are on no page; they were taken before, and are.
const std::vector<Schema>& schemas() {
  static const std::vector<Schema> all{
      {"ecommerce.product_viewed",
       {{"product_id"},
        {"product_name"},
        {"variant_id"},
        {"price", Type::money},
        {"currency", Type::currency},
        {"source"},
        {"image_url", Type::string, Needed::no},
        {"product_url", Type::string, Needed::no},
        {"type", Type::array, Needed::no},
        {"metadata", Type::object, Needed::no}}},
      {"ecommerce.cart_updated", joined({{{"cart_id"},
                                          {"action", Type::action, Needed::no},
                                          {"total_value", Type::money, Needed::unless_step}},
                                         kAnyOrder,
                                         kParts,
                                         kDiscounts})},
      {"ecommerce.checkout_started",
       joined({{{"checkout_id"}, kTotal, kCartId}, kAnyOrder, kParts, kDiscounts})},
      {"ecommerce.order_placed",
       joined({{{"order_id"}, kTotal, kCartId}, kAnyOrder, kParts, kDiscounts})},
      {"ecommerce.order_cancelled",
       joined({{{"order_id"}, kTotal, {"cancel_reason"}}, kAnyOrder, kParts, kDiscounts})},
      {"ecommerce.order_refunded", joined({{{"order_id"}, kTotal}, kAnyOrder, kDiscounts})},
  };
  return all;
}

bool is_needed(const Property& property, const json::object& object) {
  if (property.needed != Needed::unless_step) return property.needed == Needed::yes;
  const auto action = json::get_string(object, "action");
  return action != "add" && action != "remove";
}

std::string_view name_of(Type type) {
  switch (type) {
    case Type::string:
    case Type::action:
    case Type::currency: return "string";
    case Type::money: return "number";
    case Type::integer: return "integer";
    case Type::array: return "array";
    case Type::object: return "object";
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
  if (type == Type::money) return value.is_number();
  return type_of(value) == name_of(type);
}

// What is wrong with a value of the right type. `where` is "The property '#/tax'".
Complaint check_value(const json::value& value, Type type, const std::string& where) {
  if (type == Type::money && value.to_number<double>() < 0) {
    return where + " did not have a minimum value of 0, inclusively";
  }
  if (type == Type::currency && !is_currency(std::string_view(value.get_string()))) {
    return "'currency' must be an ISO 4217 currency";
  }
  if (type != Type::action) return std::nullopt;
  const std::string_view action(value.get_string());
  if (action == "add" || action == "remove" || action == "replace") return std::nullopt;
  return where + " value " + json::serialize(value) +
         " did not match one of the following values: add, remove, replace";
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
    if (value == nullptr) {
      if (!is_needed(property, object)) continue;
      return here + " did not contain a required property of '" + std::string(property.name) + "'";
    }
    const std::string where = "The property '#" + at + "/" + std::string(property.name) + "'";
    if (!is_of(*value, property.type)) {
      return where + " of type " + std::string(type_of(*value)) +
             " did not match the following type: " + std::string(name_of(property.type));
    }
    if (auto complaint = check_value(*value, property.type, where)) return complaint;
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
