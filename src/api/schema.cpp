#include "api/schema.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::api {

extern const std::string_view kComponents;  // components.json, embedded

namespace {

using base::Code;
using Checked = base::Result<void>;

Checked wrong(const std::string& place, std::string what) {
  return base::fail(Code::invalid_argument, std::move(what), place.empty() ? "/" : place);
}

bool is_of(const json::value& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_bool();
  return type == "null" && value.is_null();
}

Checked check_at(const json::value& value, const json::object& schema, const std::string& place);

Checked check_type(const json::value& value, const json::value& type, const std::string& place) {
  if (type.is_string()) {
    const std::string_view name = type.get_string();
    return is_of(value, name) ? Checked() : wrong(place, "wants " + std::string(name));
  }
  for (const json::value& each : type.get_array()) {
    if (is_of(value, each.get_string())) return {};
  }
  return wrong(place, "wants " + json::serialize(type));
}

Checked check_object(const json::object& value, const json::object& schema,
                     const std::string& place) {
  if (const auto* required = json::get_array(schema, "required")) {
    for (const json::value& name : *required) {
      if (!value.contains(name.get_string())) {
        return wrong(place, "lacks '" + json::to_text(name) + "'");
      }
    }
  }
  const auto* properties = json::get_object(schema, "properties");
  const bool is_closed = json::get_bool(schema, "additionalProperties") == false;
  for (const auto& [name, member] : value) {
    const json::object* inner = properties ? json::get_object(*properties, name) : nullptr;
    if (inner == nullptr) inner = json::get_object(schema, "additionalProperties");
    if (inner == nullptr) {
      if (is_closed) return wrong(place, "has no '" + std::string(name) + "'");
      continue;
    }
    if (auto fine = check_at(member, *inner, place + "/" + std::string(name)); !fine) return fine;
  }
  return {};
}

Checked check_array(const json::array& value, const json::object& schema,
                    const std::string& place) {
  const auto most = json::get_integer(schema, "maxItems");
  if (most && value.size() > static_cast<size_t>(*most)) {
    return wrong(place, "has more than " + std::to_string(*most) + " items");
  }
  const auto least = json::get_integer(schema, "minItems");
  if (least && value.size() < static_cast<size_t>(*least)) {
    return wrong(place, "has fewer than " + std::to_string(*least) + " items");
  }
  const auto* items = json::get_object(schema, "items");
  for (size_t i = 0; items != nullptr && i < value.size(); ++i) {
    auto fine = check_at(value[i], *items, place + "/" + std::to_string(i));
    if (!fine) return fine;
  }
  return {};
}

Checked check_string(std::string_view value, const json::object& schema, const std::string& place) {
  const auto length = static_cast<int64_t>(base::utf8_length(value));
  const auto least = json::get_integer(schema, "minLength");
  const auto most = json::get_integer(schema, "maxLength");
  if (least && length < *least) {
    return wrong(place, "has less than " + std::to_string(*least) + " characters");
  }
  if (most && length > *most) {
    return wrong(place, "has more than " + std::to_string(*most) + " characters");
  }
  return {};
}

Checked check_number(double value, const json::object& schema, const std::string& place) {
  const json::value* least = schema.if_contains("minimum");
  const json::value* most = schema.if_contains("maximum");
  if (least != nullptr && value < least->to_number<double>()) return wrong(place, "is too small");
  if (most != nullptr && value > most->to_number<double>()) return wrong(place, "is too great");
  return {};
}

Checked check_at(const json::value& value, const json::object& schema, const std::string& place) {
  if (const auto reference = json::get_string(schema, "$ref")) {
    const std::string_view name = reference->substr(reference->rfind('/') + 1);
    return check_at(value, *json::get_object(*json::get_object(components(), "schemas"), name),
                    place);
  }
  if (const json::value* type = schema.if_contains("type")) {
    if (auto fine = check_type(value, *type, place); !fine) return fine;
  }
  if (const auto* names = json::get_array(schema, "enum")) {
    if (std::ranges::find(*names, value) == names->end()) {
      return wrong(place, "is one of " + json::serialize(json::value(*names)));
    }
  }
  if (value.is_object()) return check_object(value.get_object(), schema, place);
  if (value.is_array()) return check_array(value.get_array(), schema, place);
  if (value.is_string()) return check_string(value.get_string(), schema, place);
  if (value.is_number()) return check_number(value.to_number<double>(), schema, place);
  return {};
}

}  // namespace

const json::object& components() {
  static const json::object kParsed = json::parse_object(kComponents).value();
  return kParsed;
}

Checked check(const json::value& value, std::string_view schema_name) {
  const auto* schemas = json::get_object(components(), "schemas");
  const auto* schema = json::get_object(*schemas, schema_name);
  MILLRACE_CHECK(schema != nullptr);
  return check_at(value, *schema, "");
}

}  // namespace millrace::api
