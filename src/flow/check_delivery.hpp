// What can be wrong with a node that owes something to a receiver. For check.cpp.
#pragma once

#include <string>
#include <vector>

#include "flow/flow.hpp"

namespace millrace::flow {

struct DeliveryProblem {
  bool is_road = false;  // about What Next?, else about Parameter Input
  std::string code;
  std::string message;
  std::string remedy;
};

std::vector<DeliveryProblem> check_delivery(const Program& program, const ActionNode& node);

}  // namespace millrace::flow
