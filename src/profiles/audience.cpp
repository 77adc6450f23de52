#include "profiles/audience.hpp"

#include <algorithm>

namespace millrace::profiles {
namespace {

bool has_member(const json::object& values, const json::object& filter, std::string_view name) {
  const auto* value = values.if_contains(name);
  const auto* wanted = filter.if_contains("equals");
  if (wanted == nullptr) return value != nullptr;
  return value != nullptr && *value == *wanted;
}

bool passes(const json::object& filter, const Profile& profile) {
  if (const auto name = json::get_string(filter, "custom_attribute")) {
    return has_member(profile.custom, filter, *name);
  }
  if (const auto name = json::get_string(filter, "field")) {
    return has_member(profile.fields, filter, *name);
  }
  if (const auto name = json::get_string(filter, "event")) {
    return std::ranges::find(profile.events, *name, &Tally::name) != profile.events.end();
  }
  if (const auto name = json::get_string(filter, "product")) {
    return std::ranges::find(profile.purchases, *name, &Tally::name) != profile.purchases.end();
  }
  if (const auto* ids = json::get_array(filter, "external_ids")) {
    return std::ranges::find(*ids, json::value(profile.external_id)) != ids->end();
  }
  if (const auto* all = json::get_array(filter, "all")) {
    return std::ranges::all_of(*all, [&](const json::value& each) {
      return each.is_object() && passes(each.get_object(), profile);
    });
  }
  return filter.empty();
}

}  // namespace

bool is_in_segment(const json::object& segment, const Profile& profile) {
  const auto* filter = json::get_object(segment, "filter");
  return filter == nullptr || passes(*filter, profile);
}

std::string wrong_with_filter(const json::value& filter, int depth) {
  constexpr int kDepthMax = 4;
  const auto* object = filter.if_object();
  if (object == nullptr || depth > kDepthMax) return "a filter is an object, four deep at most";
  if (object->empty()) return "";
  for (const char* name : {"custom_attribute", "field", "event", "product"}) {
    if (json::get_string(*object, name)) return "";
  }
  if (json::get_array(*object, "external_ids") != nullptr) return "";
  const auto* all = json::get_array(*object, "all");
  if (all == nullptr) {
    return "a filter names custom_attribute, field, event, product, external_ids or all";
  }
  for (const json::value& each : *all) {
    if (auto wrong = wrong_with_filter(each, depth + 1); !wrong.empty()) return wrong;
  }
  return "";
}

}  // namespace millrace::profiles
