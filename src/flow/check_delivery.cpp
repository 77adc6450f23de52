#include "flow/check_delivery.hpp"

#include <algorithm>

namespace millrace::flow {
namespace {

using Found = std::vector<DeliveryProblem>;

void check_roads(const Program& program, const ActionNode& node, Found& found) {
  const bool handled = node.road("error") != nullptr ||
                       program.find(kErrorHandlerNode) != nullptr ||
                       program.find(kCrashHandlerNode) != nullptr;
  const std::string_view good = node.decision == "success" ? "true" : "ok";
  if (node.road(good) == nullptr) {
    found.push_back({true, "road_missing", "there is no road '" + std::string(good) + "'",
                     "add " + std::string(good) + "~node"});
  }
  bool all = node.decision == "outcome";
  for (const std::string_view value : {"partial", "rejected", "config_error", "later"}) {
    all = all && node.road(value) != nullptr;
  }
  if (!handled && !all) {
    found.push_back({true, "road_missing",
                     "there is no road 'error' for when Braze refuses, or cannot be reached",
                     node.decision == "success"
                         ? "add error~node"
                         : "add error~node, or each of partial, rejected, config_error, later"});
  }
}

void check_shape(const ActionNode& node, std::string_view key, bool is_list, Found& found) {
  const auto* given = node.payload.if_contains(key);
  if (given == nullptr) return;
  if (is_list) {
    const auto* list = given->if_array();
    const bool good = list != nullptr && std::ranges::all_of(*list, [](const json::value& item) {
                        return item.is_object();
                      });
    if (!good) {
      found.push_back({false, "parameter_type",
                       "'" + std::string(key) + "' must be a list of objects",
                       "write [{\"name\": \"...\"}]"});
    }
  } else if (!given->is_object()) {
    found.push_back({false, "parameter_type", "'" + std::string(key) + "' must be an object", ""});
  }
}

// The row waits in clear until Braze has it, and what was asked securely is never kept in clear.
void check_nothing_secure(const Program& program, const ActionNode& node, Found& found) {
  for (const auto& [number, other] : program.nodes) {
    const auto* dialog = std::get_if<DialogNode>(&other.does);
    if (dialog == nullptr || !dialog->secure || dialog->variable.empty()) continue;
    for (const PayloadSlot& slot : node.slots) {
      for (const Template::Part& part : slot.text.parts) {
        if (part.kind != Template::Kind::variable || part.text != dialog->variable) continue;
        found.push_back({false, "secure_in_delivery",
                         "{" + part.text +
                             "} is asked securely, and a delivery is kept until it "
                             "has been sent",
                         "send it from a script of your own"});
        return;
      }
    }
  }
}

void check_wait(const ActionNode& node, Found& found) {
  if (const auto* wait = node.payload.if_contains("wait")) {
    const bool good =
        wait->is_string() && (wait->get_string() == "delivered" || wait->get_string() == "queued");
    if (!good) {
      found.push_back({false, "parameter_value", "wait must be 'delivered' or 'queued'",
                       "queued goes on at once; delivered waits for Braze's answer"});
    }
  }
  if (const auto* limit = node.payload.if_contains("wait_limit_s")) {
    const bool good = limit->is_int64() && limit->get_int64() >= 1 && limit->get_int64() <= 60;
    if (!good) {
      found.push_back({false, "parameter_value", "wait_limit_s must be a number from 1 to 60",
                       "after so long the flow takes the road 'later'"});
    }
  }
}

void check_call(const ActionNode& node, Found& found) {
  const auto path = json::get_string(node.payload, "path");
  if (!path || !path->starts_with("/") || path->starts_with("//") || path->contains("?") ||
      path->contains("..")) {
    found.push_back({false, "parameter_value", "path must be an endpoint of Braze's",
                     "write it like /canvas/trigger/send"});
  }
  const auto method = json::get_string(node.payload, "method");
  if (node.payload.contains("method") && method != "POST" && method != "GET") {
    found.push_back({false, "parameter_value", "method must be POST or GET", ""});
  }
  check_shape(node, "body", false, found);
  check_shape(node, "query", false, found);
}

void check_track(const ActionNode& node, Found& found) {
  check_shape(node, "user", false, found);
  check_shape(node, "attributes", false, found);
  check_shape(node, "types", false, found);
  check_shape(node, "events", true, found);
  check_shape(node, "purchases", true, found);
  const bool any = node.payload.contains("attributes") || node.payload.contains("events") ||
                   node.payload.contains("purchases");
  if (!any) {
    found.push_back({false, "parameter_missing", "BrazeTrack has nothing to send",
                     "give attributes, events or purchases"});
  }
  if (const auto* user = json::get_object(node.payload, "user")) {
    constexpr std::string_view kKnown[] = {"external_id", "user_alias", "braze_id", "email",
                                           "phone"};
    for (const auto& member : *user) {
      if (std::ranges::find(kKnown, std::string_view(member.key())) != std::end(kKnown)) continue;
      found.push_back({false, "parameter_unsupported",
                       "a user is not identified by '" + std::string(member.key()) + "'",
                       "it is external_id, user_alias, braze_id, email or phone"});
    }
  }
  if (const auto* types = json::get_object(node.payload, "types")) {
    for (const auto& member : *types) {
      const auto* type = member.value().if_string();
      if (type != nullptr && (*type == "number" || *type == "boolean" || *type == "text")) continue;
      found.push_back(
          {false, "parameter_value",
           "the type of '" + std::string(member.key()) + "' must be number, boolean or text", ""});
    }
  }
}

}  // namespace

std::vector<DeliveryProblem> check_delivery(const Program& program, const ActionNode& node) {
  Found found;
  check_roads(program, node, found);
  check_wait(node, found);
  if (*node.native == Native::braze_call) {
    check_call(node, found);
  } else {
    check_track(node, found);
  }
  for (const PayloadSlot& slot : node.slots) {
    if (!slot.text.reads_environment()) continue;
    found.push_back({false, "environment_in_delivery",
                     node.command + " does not read {env.…}: where Braze is, and its key, stand in "
                                    "solution.yaml under braze",
                     "write the value itself, or use a variable"});
    break;
  }
  check_nothing_secure(program, node, found);
  return found;
}

}  // namespace millrace::flow
