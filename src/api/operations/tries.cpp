// Conversations with drafts: each its owner's alone, in memory only.
#include "api/studio_call.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

std::unexpected<base::Error> no_such() {
  return fail(Code::not_found, "there is no such conversation, or it is over");
}

Replied begin_try(Call& call) {
  const std::string_view solution = *json::get_string(call.body, "solution");
  if (!call.may_have(solution, "")) return fail(Code::not_found, "there is no such workspace");
  if (auto may = check_overlay_right(call, solution); !may) return std::unexpected(may.error());
  const bool runs = json::get_string(call.body, "actions") == "run";
  if (runs && !call.may(Right::action_run, solution, "sandbox")) {
    return fail(Code::permission_denied, "running actions takes the right action.run",
                "action.run");
  }
  return replied(call.ports.studio.begin_try(call.body, person_of(call)), 201);
}

// Whoever began it may have lost the right since.
base::Result<void> check_try(Call& call) {
  const auto solution = call.ports.studio.solution_of_try(call.path["try"], person_of(call));
  const bool may = call.may_have(solution ? *solution : "", "");
  if (!solution || !may) return no_such();
  return {};
}

Replied in_try(Call& call, std::string_view what) {
  if (auto fine = check_try(call); !fine) return std::unexpected(fine.error());
  return replied(call.ports.studio.in_try(call.path["try"], what, call.body, person_of(call)));
}

Replied get_try(Call& call) {
  return in_try(call, "");
}
Replied say(Call& call) {
  return in_try(call, "say");
}
Replied go_back(Call& call) {
  return in_try(call, "back");
}
Replied reload(Call& call) {
  const auto solution = call.ports.studio.solution_of_try(call.path["try"], person_of(call));
  if (solution) {
    if (auto may = check_overlay_right(call, *solution); !may) return std::unexpected(may.error());
  }
  return in_try(call, "reload");
}
Replied make_test(Call& call) {
  return in_try(call, "test");
}

Replied end_try(Call& call) {
  if (auto fine = check_try(call); !fine) return std::unexpected(fine.error());
  auto done = call.ports.studio.end_try(call.path["try"], person_of(call));
  if (!done) return std::unexpected(done.error());
  return Reply::nothing();
}

constexpr Who kReads = Who::thing(Right::solution_read);

}  // namespace

std::vector<Operation> try_operations() {
  using Shape = Operation::Shape;
  return {
      {.id = "beginTry",
       .method = "POST",
       .path = "/try",
       .who = kReads,
       .serve = begin_try,
       .summary =
           "Begin a conversation with a draft: in memory, for 15 minutes after its last use; "
           "actions that run take action.run",
       .takes = "NewTry",
       .gives = "Try",
       .status = 201},
      {.id = "getTry",
       .method = "GET",
       .path = "/try/{try}",
       .who = kReads,
       .serve = get_try,
       .summary = "The conversation so far",
       .gives = "Try"},
      {.id = "sayInTry",
       .method = "POST",
       .path = "/try/{try}/say",
       .who = kReads,
       .serve = say,
       .summary = "Say something, let time pass, send an event, or answer the awaited action",
       .takes = "TryMove",
       .gives = "Try"},
      {.id = "goBackInTry",
       .method = "POST",
       .path = "/try/{try}/back",
       .who = kReads,
       .serve = go_back,
       .summary = "As it was after that turn",
       .takes = "TryBack",
       .gives = "Try"},
      {.id = "reloadTry",
       .method = "POST",
       .path = "/try/{try}/reload",
       .who = kReads,
       .serve = reload,
       .summary = "The same inputs with what was changed since, up to the first difference",
       .takes = "TryReload",
       .gives = "ReloadedTry"},
      {.id = "testFromTry",
       .method = "POST",
       .path = "/try/{try}/test",
       .who = kReads,
       .serve = make_test,
       .summary = "The conversation as a test that passes",
       .takes = "TryTest",
       .gives = "TestFileText"},
      {.id = "endTry",
       .method = "DELETE",
       .path = "/try/{try}",
       .who = kReads,
       .serve = end_try,
       .summary = "End the conversation",
       .shape = Shape::nothing,
       .status = 204},
  };
}

}  // namespace millrace::api
