// One action node, run as the server would run it, on an edge of its own that goes afterwards: for
// `millrace action run`, and for operators who try what they write.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/wire/action_edge.hpp"
#include "solutions/solutions.hpp"

namespace millrace::app {

struct OneCall {
  std::string command;
  std::string solution;  // what it is called where the solution has errors
  json::object payload;
  json::object context;  // members of context, in the place of the usual ones
  std::string environment = "sandbox";
  WorldOptions world;
  std::filesystem::path packages;  // where installed ones are kept; "" = with the call
  secrets::Rights rights = secrets::Rights::all();
  Variables given;
};
struct OneRan {
  runtime::ActionOutcome outcome;
  double ms = 0;  // as seen from here, with the worker's start
};

// not_found: there is no such script; it says which there are. What the script logs goes to `log`.
// Blocks for as long as the solution lets an action take, and a worker to start.
base::Result<OneRan> run_one(const solutions::Loaded& loaded, OneCall call, base::Log& log);

}  // namespace millrace::app
