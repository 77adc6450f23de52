// What can be wrong with a node that owes something to a receiver. For check_action.cpp.
#pragma once

#include <string>
#include <vector>

#include "flow/check/surroundings.hpp"

namespace millrace::flow {

struct DeliveryProblem {
  bool is_road = false;  // about where the node leads, else about what it hands on
  std::string code;
  std::string message;
  std::string remedy;
  std::string key;  // of a parameter; may be empty
};

std::vector<DeliveryProblem> check_delivery(const Asking& asking, const ActionNode& node,
                                            bool is_yaml);

}  // namespace millrace::flow
