#include "app/operators/desk.hpp"

#include "app/wire/data/data_reading.hpp"
#include "app/wire/data/temporary_folder.hpp"
#include "app/wire/receivers.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "posix/files.hpp"
#include "solutions/chats.hpp"
#include "solutions/folder.hpp"
#include "solutions/impact.hpp"
#include "solutions/replay.hpp"
#include "solutions/test_from_chat.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kFilesMax = 10'000;

json::object shown(const solutions::Deployment& deployment) {
  return {{"number", deployment.version},
          {"hash", deployment.hash},
          {"at", base::to_iso8601(deployment.at)},
          {"on_live", runtime::to_string(deployment.on_live)}};
}

// Inside the folder, whatever it says: no root, no way up, no hidden folder.
bool is_safe_path(const std::string& text) {
  const fs::path path(text);
  if (text.empty() || text.size() > 512 || path.is_absolute() || !base::is_valid_utf8(text)) {
    return false;
  }
  for (const fs::path& part : path) {
    if (part.empty() || part.string().starts_with('.')) return false;
  }
  return text.find('\0') == std::string::npos && text.find('\\') == std::string::npos;
}

base::Result<TemporaryFolder> written(const json::object& files) {
  if (files.size() > kFilesMax) return fail(Code::invalid_argument, "too many files", "/files");
  auto folder = TemporaryFolder::make();
  if (!folder) return folder;
  for (const auto& [name, text] : files) {
    const std::string path(name);
    if (!is_safe_path(path)) {
      return fail(Code::invalid_argument, "is no path of a file in a solution", "/files/" + path);
    }
    const fs::path file = folder->path() / "solution" / path;
    std::error_code failed;
    fs::create_directories(file.parent_path(), failed);
    if (failed) return fail(Code::invalid_argument, failed.message(), "/files/" + path);
    auto done = posix::replace_file(file, std::string(text.get_string()));
    if (!done) return std::unexpected(done.error());
  }
  return folder;
}

runtime::OnLive on_live_of(const json::object& order) {
  return runtime::on_live_from(json::get_string(order, "on_live").value_or("pin"))
      .value_or(runtime::OnLive::pin);
}

json::array listed(const std::vector<flow::Problem>& problems) {
  json::array out;
  for (const flow::Problem& problem : problems) out.emplace_back(problem.to_json());
  return out;
}

}  // namespace

base::Result<json::array> OperatorDesk::versions(std::string_view solution) {
  const auto deployments = deployments_of(ports_.data);
  if (!deployments) return std::unexpected(deployments.error());
  const auto archive = archive_if_any(ports_.data);
  if (!archive) return std::unexpected(archive.error());
  const auto all = solutions::list_versions(*deployments, archive->get());
  if (!all) return std::unexpected(all.error());
  json::array items;
  for (const solutions::ListedVersion& version : *all) {
    if (version.deployment.solution != solution) continue;
    json::object one = shown(version.deployment);
    one["is_current"] = version.is_current;
    one["live_chats"] = version.live;
    items.emplace_back(std::move(one));
  }
  if (items.empty()) return fail(Code::not_found, "there is no such solution");
  return items;
}

base::Result<json::array> OperatorDesk::list_deploys(std::string_view solution) {
  const auto deployments = deployments_of(ports_.data);
  if (!deployments) return std::unexpected(deployments.error());
  json::array items;
  int last = 0;
  for (const solutions::Deployment& deployment : deployments->all()) {
    if (deployment.solution != solution) continue;
    json::object one = shown(deployment);
    one["is_rollback"] = deployment.version < last;
    last = deployment.version;
    items.emplace_back(std::move(one));
  }
  if (items.empty()) return fail(Code::not_found, "there is no such solution");
  return items;
}

base::Result<flow::Files> OperatorDesk::files_of(std::string_view solution,
                                                 std::string_view version) {
  const auto deployments = deployments_of(ports_.data);
  if (!deployments) return std::unexpected(deployments.error());
  const auto found = deployments->find(solution, version);
  if (!found) return std::unexpected(found.error());
  return solutions::read_folder(deployments->folder_of(found->hash));
}

base::Result<json::array> OperatorDesk::files(std::string_view solution, std::string_view version) {
  const auto files = files_of(solution, version);
  if (!files) return std::unexpected(files.error());
  json::array items;
  for (const auto& [path, text] : *files) {
    items.emplace_back(json::object{
        {"path", path}, {"bytes", text.size()}, {"hash", base::to_hex(base::sha256(text))}});
  }
  return items;
}

base::Result<json::object> OperatorDesk::file(std::string_view solution, std::string_view version,
                                              std::string_view path) {
  const auto files = files_of(solution, version);
  if (!files) return std::unexpected(files.error());
  const auto found = files->find(std::string(path));
  if (found == files->end()) return fail(Code::not_found, "there is no such file");
  if (!base::is_valid_utf8(found->second)) return fail(Code::unimplemented, "the file is no text");
  return json::object{
      {"path", path}, {"text", found->second}, {"hash", base::to_hex(base::sha256(found->second))}};
}

base::Result<json::object> OperatorDesk::check(std::string_view, const json::object& body) {
  const std::lock_guard lock(mutex_);
  const auto folder = written(body.at("files").as_object());
  if (!folder) return std::unexpected(folder.error());
  const auto loaded = solutions::load(folder->path() / "solution", ports_.inspector, receivers());
  if (!loaded) return std::unexpected(loaded.error());
  json::object out{{"sound", loaded->program != nullptr}, {"problems", listed(loaded->problems)}};
  if (loaded->program) out["version"] = loaded->program->hash;
  return out;
}

base::Result<json::object> OperatorDesk::impact(std::string_view solution,
                                                const json::object& subject) {
  const std::lock_guard lock(mutex_);
  std::optional<TemporaryFolder> brought;
  fs::path folder;
  if (const auto* files = json::get_object(subject, "files")) {
    auto made = written(*files);
    if (!made) return std::unexpected(made.error());
    brought.emplace(std::move(*made));
    folder = brought->path() / "solution";
  } else {
    const auto deployments = deployments_of(ports_.data);
    if (!deployments) return std::unexpected(deployments.error());
    const auto found =
        deployments->find(solution, json::get_string(subject, "version").value_or(""));
    if (!found) return std::unexpected(found.error());
    folder = deployments->folder_of(found->hash);
  }
  const auto loaded = solutions::load(folder, ports_.inspector, receivers());
  if (!loaded) return std::unexpected(loaded.error());
  if (!loaded->program) return fail(Code::failed_precondition, "the solution has errors");
  if (loaded->program->solution != solution) {
    return fail(Code::invalid_argument, "the files are of another solution", "/files");
  }
  const auto archive = archive_if_any(ports_.data);
  if (!archive) return std::unexpected(archive.error());
  auto versions = versions_in(ports_.data);
  const auto found = solutions::impact(*loaded, {archive->get(), ports_.seal_key}, versions);
  if (!found) return std::unexpected(found.error());
  json::object nodes;
  for (const auto& [id, count] : found->nodes) {
    nodes[id] = json::object{{"touched", count.touched}, {"stranded", count.stranded}};
  }
  return json::object{{"chats", found->chats},
                      {"touched", found->touched},
                      {"stranded", found->stranded},
                      {"unreadable", found->unreadable},
                      {"nodes", std::move(nodes)}};
}

base::Result<json::object> OperatorDesk::deploy(std::string_view solution,
                                                const json::object& order) {
  using Outcome = solutions::Deploying::Outcome;
  const std::lock_guard lock(mutex_);
  auto deployments = deployments_of(ports_.data);
  if (!deployments) return std::unexpected(deployments.error());
  const auto* files = json::get_object(order, "files");
  if (files == nullptr) {
    const auto version = json::get_string(order, "version");
    if (!version) return fail(Code::invalid_argument, "say files or version", "/");
    const auto found = deployments->find(solution, *version);
    if (!found) return std::unexpected(found.error());
    const auto again = deployments->deploy_again(*found, on_live_of(order), ports_.clock.now());
    if (!again) return std::unexpected(again.error());
    return shown(*again);
  }
  const auto folder = written(*files);
  if (!folder) return std::unexpected(folder.error());
  // Before anything of it is kept: whose it is, is what the asker was let in for.
  const auto loaded = solutions::load(folder->path() / "solution", ports_.inspector, receivers());
  if (!loaded) return std::unexpected(loaded.error());
  if (!loaded->program) {
    const std::string first = loaded->problems.empty() ? "" : loaded->problems.front().describe();
    return fail(Code::failed_precondition, "the solution has errors: " + first, "/files");
  }
  if (loaded->program->solution != solution) {
    return fail(Code::invalid_argument, "the files are of another solution", "/files");
  }
  const auto done =
      solutions::deploy({folder->path() / "solution", on_live_of(order), false, ports_.clock.now()},
                        *deployments, ports_.inspector, receivers());
  if (!done) return std::unexpected(done.error());
  if (done->outcome == Outcome::has_errors || done->outcome == Outcome::fails_tests) {
    return fail(Code::failed_precondition,
                done->outcome == Outcome::has_errors ? "the solution has errors"
                                                     : "the solution's tests do not pass",
                "/files");
  }
  return shown(done->deployment);
}

base::Result<json::object> OperatorDesk::roll_back(std::string_view solution,
                                                   const json::object& order) {
  const std::lock_guard lock(mutex_);
  auto deployments = deployments_of(ports_.data);
  if (!deployments) return std::unexpected(deployments.error());
  const auto archive = archive_if_any(ports_.data);
  if (!archive) return std::unexpected(archive.error());
  auto versions = versions_in(ports_.data);
  const auto done = solutions::roll_back(
      {std::string(solution), std::string(json::get_string(order, "to").value_or("")),
       on_live_of(order), ports_.clock.now()},
      *deployments, {archive->get(), ports_.seal_key}, versions);
  if (!done) return std::unexpected(done.error());
  json::array named;
  for (const base::Id& chat : done->named) named.emplace_back(chat.to_string());
  return json::object{{"from", shown(done->from)},        {"now", shown(done->now)},
                      {"on_from", done->on_from},         {"staying", done->staying},
                      {"can_migrate", done->can_migrate}, {"named", std::move(named)}};
}

base::Result<json::object> OperatorDesk::replay(base::Id chat) {
  const auto archive = archive_of(ports_.data);
  if (!archive) return std::unexpected(archive.error());
  auto versions = versions_in(ports_.data);
  const auto played = solutions::replay(**archive, chat, ports_.seal_key, versions);
  if (!played) return std::unexpected(played.error());
  json::object out{{"same", !played->difference}, {"turns", played->turns}};
  // What differs may quote what was said.
  if (played->difference) out["turn"] = played->difference->turn;
  return out;
}

base::Result<json::object> OperatorDesk::test_of(base::Id chat) {
  const auto archive = archive_of(ports_.data);
  if (!archive) return std::unexpected(archive.error());
  auto versions = versions_in(ports_.data);
  auto text = solutions::test_from_chat(**archive, chat, ports_.seal_key, versions);
  if (!text) return std::unexpected(text.error());
  return json::object{{"text", std::move(*text)}};
}

}  // namespace millrace::app
