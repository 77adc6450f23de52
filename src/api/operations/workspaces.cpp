// Solutions as they are worked on: workspaces, their files, saving; what is checked, laid out and
// proposed without saving.
#include "api/envelope.hpp"
#include "api/live_feeds.hpp"
#include "api/studio_call.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

Replied list_workspaces(Call& call) {
  return listed_or_refused(call.ports.studio.workspaces(call.path["solution"]));
}

Replied add_workspace(Call& call) {
  if (auto noted = note(call, "workspace.add", json::get_string(call.body, "branch").value_or(""));
      !noted) {
    return std::unexpected(noted.error());
  }
  return replied(call.ports.studio.add_workspace(call.path["solution"], call.body), 201);
}

Replied remove_workspace(Call& call) {
  if (auto noted = note(call, "workspace.remove", call.path["workspace"]); !noted) {
    return std::unexpected(noted.error());
  }
  auto done = call.ports.studio.remove_workspace(place_of(call));
  if (!done) return std::unexpected(done.error());
  return Reply::nothing();
}

Replied list_files(Call& call) {
  return listed_or_refused(call.ports.studio.files(place_of(call)));
}

Replied get_file(Call& call) {
  return file_or_unchanged(call, call.ports.studio.file(place_of(call), call.path["path"]));
}

// By path, with the hash that each file has now; "" = it is gone.
std::map<std::string, std::string> changed_by(const json::array& asked, const json::object& saved) {
  std::map<std::string, std::string> changed;
  for (const json::value& each : asked) {
    const json::object& file = each.get_object();
    if (!file.contains("text")) changed[std::string(*json::get_string(file, "path"))] = "";
  }
  const auto* written = json::get_array(saved, "files");
  if (written == nullptr) return changed;
  for (const json::value& each : *written) {
    const json::object& file = each.get_object();
    changed[std::string(*json::get_string(file, "path"))] = *json::get_string(file, "hash");
  }
  return changed;
}

// All of them, or none: what is there by now comes back with 409.
Replied save_files(Call& call) {
  const auto& files = call.body.at("files").as_array();
  for (const json::value& each : files) {
    const json::object& file = each.as_object();
    for (const char* name : {"path", "rename_to"}) {
      const auto path = json::get_string(file, name);
      if (!path) continue;
      if (auto may = check_script_right(call, call.path["solution"], *path); !may)
        return std::unexpected(may.error());
    }
  }
  if (auto noted = note(call, "workspace.save", call.path["workspace"],
                        std::to_string(files.size()) + " files");
      !noted) {
    return std::unexpected(noted.error());
  }
  Feeds::Saving saving(call.feeds, place_of(call));
  auto saved = call.ports.studio.save(place_of(call), call.body);
  if (!saved) return std::unexpected(saved.error());
  const auto* conflicts = json::get_array(*saved, "conflicts");
  if (conflicts == nullptr) {
    saving.saved(changed_by(files, *saved), call.asker.principal.name);
    return Reply(std::move(*saved));
  }
  return Reply(refusal_with(409, "conflict", "somebody else has changed these files since",
                            {{"conflicts", *conflicts}}));
}

Replied format_file(Call& call) {
  return replied(call.ports.studio.format(call.body));
}
Replied refactor(Call& call) {
  return on_draft(call, &Studio::refactor);
}
// Of the files as they are, and not as somebody would have them, the others hear as well.
void tell_checked(Call& call, const json::object& checked) {
  const auto* overlay = json::get_object(call.body, "overlay");
  if (overlay != nullptr && !overlay->empty()) return;
  int64_t errors = 0;
  int64_t warnings = 0;
  if (const auto* problems = json::get_array(checked, "problems")) {
    for (const json::value& each : *problems) {
      const bool is_error = json::get_string(each.get_object(), "severity") == "error";
      ++(is_error ? errors : warnings);
    }
  }
  call.feeds.checked(place_of(call),
                     {{"sound", json::get_bool(checked, "sound").value_or(false)},
                      {"hash", json::get_string(checked, "hash").value_or("")},
                      {"errors", errors},
                      {"warnings", warnings}},
                     call.asker.principal.name);
}

Replied check_workspace(Call& call) {
  auto checked = on_draft(call, &Studio::check);
  if (checked) tell_checked(call, checked->body);
  return checked;
}
Replied diff_workspace(Call& call) {
  return on_draft(call, &Studio::diff);
}
Replied get_schema(Call& call) {
  return replied(call.ports.studio.schema(call.path["schema"]));
}

constexpr Who kReads = Who::solution(Right::solution_read);
constexpr Who kWrites = Who::solution(Right::solution_write);

}  // namespace

std::vector<Operation> workspace_operations() {
  using Shape = Operation::Shape;
  return {
      {.id = "listWorkspaces",
       .method = "GET",
       .path = "/solutions/{solution}/workspaces",
       .who = kReads,
       .serve = list_workspaces,
       .summary = "Where a solution is worked on: the server's folder, and branches beside it",
       .gives = "Workspace",
       .shape = Shape::list},
      {.id = "addWorkspace",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces",
       .who = kWrites,
       .serve = add_workspace,
       .summary = "A working tree of its own on a branch, which is made where it is new",
       .takes = "NewWorkspace",
       .gives = "Workspace",
       .status = 201},
      {.id = "removeWorkspace",
       .method = "DELETE",
       .path = "/solutions/{solution}/workspaces/{workspace}",
       .who = kWrites,
       .serve = remove_workspace,
       .summary = "Remove a working tree in which nothing is left to commit; its branch stays",
       .shape = Shape::nothing,
       .status = 204},
      {.id = "listWorkspaceFiles",
       .method = "GET",
       .path = "/solutions/{solution}/workspaces/{workspace}/files",
       .who = kReads,
       .serve = list_files,
       .summary = "The files of a workspace, as they are now",
       .gives = "WorkspaceFile",
       .shape = Shape::list},
      {.id = "getWorkspaceFile",
       .method = "GET",
       .path = "/solutions/{solution}/workspaces/{workspace}/files/{path...}",
       .who = kReads,
       .serve = get_file,
       .summary = "A file of a workspace; the ETag is its hash",
       .gives = "FileText"},
      {.id = "saveFiles",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/save",
       .who = kWrites,
       .serve = save_files,
       .summary = "Save files, all or none; 409 with what is there where one has another hash than "
                  "its base. Scripts and settings take script.write",
       .takes = "Save",
       .gives = "Saved"},
  };
}

std::vector<Operation> draft_operations() {
  return {
      {.id = "formatFile",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/format",
       .who = kReads,
       .serve = format_file,
       .summary = "A YAML file in the canonical layout; nothing is saved",
       .takes = "FormatFile",
       .gives = "TestText"},
      {.id = "refactor",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/refactor",
       .who = kReads,
       .serve = refactor,
       .summary =
           "A node under another name wherever it is named, nodes in a flow of their own, or "
           "the other notation: a proposal, nothing is saved",
       .takes = "Refactor",
       .gives = "Proposal"},
      {.id = "checkWorkspace",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/check",
       .who = kReads,
       .serve = check_workspace,
       .summary = "What is wrong with a workspace and the changes laid over it, its flows in "
                  "outline, and its names; nothing is written",
       .takes = "CheckDraft",
       .gives = "CheckedDraft"},
      {.id = "diffWorkspace",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/diff",
       .who = kReads,
       .serve = diff_workspace,
       .summary = "What differs from what is live, from a version or from the disk, by node",
       .takes = "DiffDraft",
       .gives = "DraftDifference"},
      {.id = "getSchema",
       .method = "GET",
       .path = "/schemas/{schema}",
       .who = Who::signed_in(),
       .serve = get_schema,
       .summary = "The JSON Schema of flow, solution, messages, nlu or test",
       .gives = "JsonSchema"},
  };
}

}  // namespace millrace::api
