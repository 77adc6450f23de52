// Test runs, and single action nodes looked at and run.
#include "api/studio_call.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

Replied run_tests(Call& call) {
  return on_draft(call, &Studio::run_tests, 202);
}

Replied get_run(Call& call) {
  auto run = call.ports.studio.run(call.path["run"]);
  const bool may = call.may_have(run ? json::get_string(*run, "solution").value_or("") : "", "");
  if (!run || !may) return fail(Code::not_found, "there is no such run");
  return Reply(std::move(*run));
}

Replied inspect_action(Call& call) {
  const std::string_view solution = call.path["solution"];
  if (auto may = check_overlay_right(call, solution); !may) return std::unexpected(may.error());
  if (call.body.contains("text")) {
    const std::string path = "action_nodes/" + std::string(call.path["action"]) + ".py";
    if (auto may = check_script_right(call, solution, path); !may) {
      return std::unexpected(may.error());
    }
  }
  return replied(call.ports.studio.inspect_action(place_of(call), call.path["action"], call.body));
}

// What it is run with is the solution's draft, its payload whatever the asker sends.
Replied run_action(Call& call) {
  const std::string_view solution = call.path["solution"];
  const bool live = json::get_string(call.body, "environment") == "live";
  const Right right = live ? Right::action_run_live : Right::action_run;
  if (!call.may(right, solution, live ? "live" : "sandbox")) {
    const std::string name(access::kRights(right));
    return fail(Code::permission_denied, "this takes the right " + name, name);
  }
  if (auto may = check_overlay_right(call, solution); !may) return std::unexpected(may.error());
  auto noted = call.audit(right, "action.run",
                          std::string(solution) + "/" + std::string(call.path["action"]),
                          live ? "live" : "sandbox");
  if (!noted) return std::unexpected(noted.error());
  return replied(call.ports.studio.run_action(place_of(call), call.path["action"], call.body));
}

constexpr Who kReads = Who::solution(Right::solution_read);

}  // namespace

std::vector<Operation> run_operations() {
  return {
      {.id = "runTests",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/tests/run",
       .who = kReads,
       .serve = run_tests,
       .summary = "Run the solution's tests with the changes laid over it; look by getRun, or "
                  "listen to run:ID",
       .takes = "RunTests",
       .gives = "BegunRun",
       .status = 202},
      {.id = "getRun",
       .method = "GET",
       .path = "/runs/{run}",
       .who = Who::thing(Right::solution_read),
       .serve = get_run,
       .summary = "A test run, as far as it has come",
       .gives = "Run"},
      {.id = "inspectAction",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/actions/{action}/inspect",
       .who = kReads,
       .serve = inspect_action,
       .summary = "What is wrong with an action node's script, and what its author can name in it",
       .takes = "InspectAction",
       .gives = "InspectedAction"},
      {.id = "runAction",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/actions/{action}/run",
       .who = Who::solution(Right::action_run),
       .serve = run_action,
       .summary = "Run one action node in the sandbox; with the live environment it takes "
                  "action.run.live",
       .takes = "RunAction",
       .gives = "RanAction"},
  };
}

}  // namespace millrace::api
