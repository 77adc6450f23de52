// Solutions: what is served, its versions and their files; checking, and what a deploy would do;
// deploying and rolling back; a chat replayed, or made into a test.
#include "api/chats.hpp"
#include "api/studio_call.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

base::Result<size_t> live_chats(Call& call, const std::string& solution) {
  constexpr size_t kPage = 1'000;
  const auto archive = call.ports.records.archive();
  if (!archive) return std::unexpected(archive.error());
  runtime::ChatFilter filter{.solution = solution, .live = true, .limit = kPage};
  size_t count = 0;
  for (;;) {
    const auto page = (*archive)->live(filter);
    if (!page) return std::unexpected(page.error());
    count += page->size();
    if (page->size() < kPage) return count;
    filter.after = {page->back().last_at, page->back().chat};
  }
}

Replied list_solutions(Call& call) {
  json::array items;
  (void)call.may_have("", "");
  for (const runtime::SolutionPtr& solution : call.ports.solutions.all()) {
    if (!call.may_have(solution->name, call.options.environment)) continue;
    const auto chats = live_chats(call, solution->name);
    if (!chats) return std::unexpected(chats.error());
    items.emplace_back(json::object{{"name", solution->name},
                                    {"version", solution->program->hash},
                                    {"app_id", solution->app_id.to_string()},
                                    {"on_live", runtime::to_string(solution->on_live)},
                                    {"environment", call.options.environment},
                                    {"live_chats", *chats}});
  }
  return listed(std::move(items), std::nullopt);
}

Replied list_versions(Call& call) {
  return listed_or_refused(call.ports.desk.versions(call.path["solution"]));
}

// Chats of this server are of one environment.
Replied get_live_nodes(Call& call) {
  const std::string environment = call.query("environment");
  const std::string_view solution = call.path["solution"];
  if (!call.may_have(solution, call.options.environment)) {
    return fail(Code::not_found, "there is no such solution");
  }
  if (!environment.empty() && environment != call.options.environment) {
    return fail(Code::invalid_argument,
                "this server's chats are of the environment " + call.options.environment,
                "environment");
  }
  return replied(call.ports.desk.live_nodes(solution));
}

Replied list_files(Call& call) {
  return listed_or_refused(call.ports.desk.files(call.path["solution"], call.path["version"]));
}

Replied get_file(Call& call) {
  return file_or_unchanged(
      call, call.ports.desk.file(call.path["solution"], call.path["version"], call.path["path"]));
}

Replied check_files(Call& call) {
  if (auto may = check_files_right(call, call.path["solution"], "files"); !may) {
    return std::unexpected(may.error());
  }
  return replied(call.ports.desk.check(call.path["solution"], call.body));
}

Replied get_impact(Call& call) {
  if (auto may = check_files_right(call, call.path["solution"], "files"); !may) {
    return std::unexpected(may.error());
  }
  return replied(call.ports.desk.impact(call.path["solution"], call.body));
}

Replied deploy(Call& call) {
  const std::string solution(call.path["solution"]);
  const bool brings_scripts = call.body.contains("files");
  // New files may hold scripts, which run on this server.
  if (brings_scripts && !call.may(Right::script_write, solution, "")) {
    return fail(Code::permission_denied, "files to deploy take the right script.write",
                "script.write");
  }
  auto noted = call.audit(call.who.right(), "solution.deploy", solution,
                          std::string(json::get_string(call.body, "version").value_or("files")));
  if (!noted) return std::unexpected(noted.error());
  return replied(call.ports.desk.deploy(solution, call.body), 201);
}

Replied roll_back(Call& call) {
  const std::string solution(call.path["solution"]);
  auto noted = call.audit(call.who.right(), "solution.rollback", solution,
                          std::string(json::get_string(call.body, "to").value_or("")));
  if (!noted) return std::unexpected(noted.error());
  return replied(call.ports.desk.roll_back(solution, call.body), 201);
}

Replied replay(Call& call) {
  const auto archive = call.ports.records.archive();
  if (!archive) return std::unexpected(archive.error());
  const auto chat = permitted_chat(call, **archive, call.path["chat"]);
  if (!chat) return std::unexpected(chat.error());
  return replied(call.ports.desk.replay(chat->chat));
}

// A test repeats what the consumer said.
Replied make_test(Call& call) {
  const auto archive = call.ports.records.archive();
  if (!archive) return std::unexpected(archive.error());
  const auto chat = permitted_chat(call, **archive, call.path["chat"]);
  if (!chat) return std::unexpected(chat.error());
  auto noted = call.audit(Right::pii_read, "chat.test", chat->chat.to_string());
  if (!noted) return std::unexpected(noted.error());
  return replied(call.ports.desk.test_of(chat->chat));
}

}  // namespace

std::vector<Operation> solution_operations() {
  using Shape = Operation::Shape;
  constexpr Who kReads = Who::solution(Right::solution_read);
  return {
      {.id = "listSolutions",
       .method = "GET",
       .path = "/solutions",
       .who = Who::thing(Right::solution_read),
       .serve = list_solutions,
       .summary = "What is served",
       .gives = "Solution",
       .shape = Shape::list},
      {.id = "listVersions",
       .method = "GET",
       .path = "/solutions/{solution}/versions",
       .who = kReads,
       .serve = list_versions,
       .summary = "What was deployed, the oldest first",
       .gives = "Version",
       .shape = Shape::list},
      {.id = "getLiveNodes",
       .method = "GET",
       .path = "/solutions/{solution}/live",
       .who = Who::thing(Right::chat_read),
       .serve = get_live_nodes,
       .summary = "By version and node: who stands there, and of the last 24 hours how many came "
                  "by, were lost there, and how often a call failed",
       .gives = "LiveNodes",
       .query = "environment"},
      {.id = "listFiles",
       .method = "GET",
       .path = "/solutions/{solution}/versions/{version}/files",
       .who = kReads,
       .serve = list_files,
       .summary = "The files of a version",
       .gives = "File",
       .shape = Shape::list},
      {.id = "getFile",
       .method = "GET",
       .path = "/solutions/{solution}/versions/{version}/files/{path...}",
       .who = kReads,
       .serve = get_file,
       .summary = "A file of a version",
       .gives = "FileText"},
  };
}

std::vector<Operation> deploy_operations() {
  constexpr Who kReads = Who::solution(Right::solution_read);
  return {
      {.id = "checkFiles",
       .method = "POST",
       .path = "/solutions/{solution}/check",
       .who = kReads,
       .serve = check_files,
       .summary = "What is wrong with these files; scripts among them take script.write",
       .takes = "SolutionFiles",
       .gives = "Checked"},
      {.id = "getImpact",
       .method = "POST",
       .path = "/solutions/{solution}/impact",
       .who = kReads,
       .serve = get_impact,
       .summary = "What deploying files, or a version, would do to live chats",
       .takes = "Subject",
       .gives = "Impact"},
      {.id = "deploy",
       .method = "POST",
       .path = "/solutions/{solution}/deploys",
       .who = Who::deploy(),
       .serve = deploy,
       .summary = "Deploy files, or a version again; files that bring scripts take script.write",
       .takes = "Deploy",
       .gives = "Deployed",
       .status = 201},
      {.id = "rollBack",
       .method = "POST",
       .path = "/solutions/{solution}/rollback",
       .who = Who::deploy(),
       .serve = roll_back,
       .summary = "Go back to the version below, or to the one that is named",
       .takes = "Rollback",
       .gives = "RolledBack",
       .status = 201},
      {.id = "replayChat",
       .method = "GET",
       .path = "/chats/{chat}/replay",
       .who = Who::thing(Right::chat_read),
       .serve = replay,
       .summary = "The chat's inputs through the engine again: whether the same comes of it",
       .gives = "Replayed"},
      {.id = "testFromChat",
       .method = "GET",
       .path = "/chats/{chat}/test",
       .who = Who::thing(Right::pii_read),
       .serve = make_test,
       .summary = "The chat as a test of its solution",
       .gives = "TestText"},
  };
}

}  // namespace millrace::api
