#include "delivery/braze/checks.hpp"

#include <algorithm>

#include "delivery/braze/identifiers.hpp"

namespace millrace::delivery::braze {
namespace {

using Found = std::vector<Complaint>;

void check_shape(const json::object& parameters, std::string_view key, bool is_list, Found& found) {
  const auto* given = parameters.if_contains(key);
  if (given == nullptr) return;
  if (is_list) {
    const auto* list = given->if_array();
    const bool good = list != nullptr && std::ranges::all_of(*list, [](const json::value& item) {
                        return item.is_object();
                      });
    if (!good) {
      found.push_back({"", "parameter_type", "'" + std::string(key) + "' must be a list of objects",
                       "write [{\"name\": \"...\"}]"});
    }
  } else if (!given->is_object()) {
    found.push_back({"", "parameter_type", "'" + std::string(key) + "' must be an object", ""});
  }
}

}  // namespace

std::vector<Complaint> check_call(const json::object& parameters) {
  Found found;
  const auto path = json::get_string(parameters, "path");
  if (!path || !path->starts_with("/") || path->starts_with("//") || path->contains("?") ||
      path->contains("..")) {
    found.push_back({"", "parameter_value", "path must be an endpoint of Braze's",
                     "write it like /canvas/trigger/send"});
  }
  const auto method = json::get_string(parameters, "method");
  if (parameters.contains("method") && method != "POST" && method != "GET") {
    found.push_back({"", "parameter_value", "method must be POST or GET", ""});
  }
  check_shape(parameters, "body", false, found);
  check_shape(parameters, "query", false, found);
  return found;
}

std::vector<Complaint> check_track(const json::object& parameters) {
  Found found;
  check_shape(parameters, "user", false, found);
  check_shape(parameters, "attributes", false, found);
  check_shape(parameters, "types", false, found);
  check_shape(parameters, "events", true, found);
  check_shape(parameters, "purchases", true, found);
  const bool any = parameters.contains("attributes") || parameters.contains("events") ||
                   parameters.contains("purchases");
  if (!any) {
    found.push_back({"", "parameter_missing", "BrazeTrack has nothing to send",
                     "give attributes, events or purchases"});
  }
  if (const auto* user = json::get_object(parameters, "user")) {
    for (const auto& member : *user) {
      if (is_identifier_name(member.key())) continue;
      found.push_back({"", "parameter_unsupported",
                       "a user is not identified by '" + std::string(member.key()) + "'",
                       "it is external_id, user_alias, braze_id, email or phone"});
    }
  }
  if (const auto* types = json::get_object(parameters, "types")) {
    for (const auto& member : *types) {
      const auto* type = member.value().if_string();
      if (type != nullptr && (*type == "number" || *type == "boolean" || *type == "text")) continue;
      found.push_back(
          {"", "parameter_value",
           "the type of '" + std::string(member.key()) + "' must be number, boolean or text", ""});
    }
  }
  return found;
}

}  // namespace millrace::delivery::braze
