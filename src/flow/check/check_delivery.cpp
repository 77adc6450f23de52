#include "flow/check/check_delivery.hpp"

#include <algorithm>

#include "flow/yaml_text.hpp"

namespace millrace::flow {
namespace {

using Found = std::vector<DeliveryProblem>;

std::string title_of(const ActionNode& node) {
  return std::string(node.owes.kind->title);
}

void check_roads(const Asking& asking, const ActionNode& node, bool is_yaml, Found& found) {
  const auto add = [&](std::string_view value) {
    return is_yaml ? "add " + yaml_inline(value, reads_as_typed(value)) + ": node to on"
                   : "add " + std::string(value) + "~node";
  };
  const bool handled = node.road("error") != nullptr || asking.has_error_handler();
  const std::string_view good = node.decision == "success" ? "true" : "ok";
  if (node.road(good) == nullptr) {
    found.push_back(
        {true, "road_missing", "there is no road '" + std::string(good) + "'", add(good)});
  }
  bool all = node.decision == "outcome";
  for (const std::string_view value : {"partial", "rejected", "config_error", "later"}) {
    all = all && node.road(value) != nullptr;
  }
  if (!handled && !all) {
    found.push_back(
        {true, "road_missing",
         "there is no road 'error' for when " + title_of(node) + " refuses, or cannot be reached",
         node.decision == "success"
             ? add("error")
             : add("error") + ", or each of partial, rejected, config_error, later"});
  }
}

// The row waits in clear until the receiver has it, and what was asked securely is never kept in
// clear.
void check_nothing_secure(const Asking& asking, const ActionNode& node, Found& found) {
  for (const PayloadSlot& slot : node.slots) {
    for (const Template::Part& part : slot.text.parts) {
      if (part.kind != Template::Kind::variable || !asking.is_secure(part.text)) continue;
      found.push_back({false, "secure_in_delivery",
                       "{" + part.text +
                           "} is asked securely, and a delivery is kept until it "
                           "has been sent",
                       "send it from a script of your own"});
      return;
    }
  }
}

void check_wait(const ActionNode& node, Found& found) {
  if (const auto* wait = node.payload.if_contains("wait")) {
    const bool good =
        wait->is_string() && (wait->get_string() == "delivered" || wait->get_string() == "queued");
    if (!good) {
      found.push_back(
          {false, "parameter_value", "wait must be 'delivered' or 'queued'",
           "queued goes on at once; delivered waits for " + title_of(node) + "'s answer", "wait"});
    }
  }
  if (const auto* limit = node.payload.if_contains("wait_limit_s")) {
    const bool good = limit->is_int64() && limit->get_int64() >= 1 && limit->get_int64() <= 60;
    if (!good) {
      found.push_back({false, "parameter_value", "wait_limit_s must be a number from 1 to 60",
                       "after so long the flow takes the road 'later'", "wait_limit_s"});
    }
  }
}

}  // namespace

std::vector<DeliveryProblem> check_delivery(const Asking& asking, const ActionNode& node,
                                            bool is_yaml) {
  Found found;
  check_roads(asking, node, is_yaml, found);
  check_wait(node, found);
  for (delivery::Complaint& complaint : node.owes.command->check(node.payload)) {
    found.push_back({false, std::move(complaint.code), std::move(complaint.message),
                     std::move(complaint.remedy), std::move(complaint.key)});
  }
  for (const PayloadSlot& slot : node.slots) {
    if (!slot.text.reads_environment()) continue;
    found.push_back({false, "environment_in_delivery",
                     node.command + " does not read {env.…}: where " + title_of(node) +
                         " is, and its key, stand in solution.yaml under " +
                         std::string(node.owes.kind->section),
                     "write the value itself, or use a variable"});
    break;
  }
  check_nothing_secure(asking, node, found);
  return found;
}

}  // namespace millrace::flow
