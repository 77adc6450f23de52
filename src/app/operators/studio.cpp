#include "app/operators/studio.hpp"

#include "app/wire/data/temporary_folder.hpp"
#include "app/wire/receivers.hpp"
#include "base/text.hpp"
#include "posix/files.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

// A folder of its own for the scripts of a draft, for as long as they are looked at.
base::Result<void> in_folder(const flow::Files& files,
                             const std::function<base::Result<void>(const fs::path&)>& call) {
  const auto folder = TemporaryFolder::make();
  if (!folder) return std::unexpected(folder.error());
  for (const auto& [path, text] : files) {
    const fs::path file = folder->path() / "solution" / path;
    std::error_code failed;
    fs::create_directories(file.parent_path(), failed);
    if (failed) return fail(Code::unavailable, failed.message(), path);
    if (auto done = posix::write_new_file(file, text); !done) return done;
  }
  return call(folder->path() / "solution");
}

solutions::FileChange change_of(const json::object& file) {
  solutions::FileChange change;
  change.path = *json::get_string(file, "path");
  change.base = json::get_string(file, "base").value_or("");
  if (const auto text = json::get_string(file, "text")) change.text = std::string(*text);
  change.removes = json::get_bool(file, "remove").value_or(false);
  change.moves_to = json::get_string(file, "rename_to").value_or("");
  return change;
}

}  // namespace

OperatorStudio::OperatorStudio(Options options, Ports ports)
    : options_(std::move(options)),
      ports_(std::move(ports)),
      workspaces_(options_.data, options_.folders),
      drafts_(ports_.inspector, receivers(), in_folder),
      tries_(ports_.clock, ports_.random),
      runs_(ports_.clock, ports_.random, shelf_) {}

json::array shown(const std::vector<flow::Problem>& problems) {
  json::array out;
  for (const flow::Problem& problem : problems) out.emplace_back(problem.to_json());
  return out;
}

solutions::Overlay overlay_in(const json::object& order) {
  solutions::Overlay overlay;
  const auto* given = json::get_object(order, "overlay");
  if (given == nullptr) return overlay;
  for (const auto& [path, text] : *given) {
    overlay[path] = text.is_string() ? std::optional(std::string(text.get_string())) : std::nullopt;
  }
  return overlay;
}

bool OperatorStudio::is_authors_file(std::string_view path) const {
  return solutions::is_authors_file(path);
}

base::Result<flow::Files> OperatorStudio::draft_of(const Place& place, const json::object& order) {
  const auto turn = workspaces_.open(place.solution, place.workspace);
  if (!turn) return std::unexpected(turn.error());
  auto files = turn->workspace.sources();
  if (!files) return files;
  return solutions::with_overlay(std::move(*files), overlay_in(order));
}

base::Result<std::shared_ptr<const solutions::Loaded>> OperatorStudio::loaded_of(
    const Place& place, const json::object& order) {
  auto files = draft_of(place, order);
  if (!files) return std::unexpected(files.error());
  auto loaded = drafts_.load(std::move(*files));
  if (!loaded) return std::unexpected(loaded.error());
  return std::make_shared<const solutions::Loaded>(std::move(*loaded));
}

api::Studio::Array OperatorStudio::workspaces(std::string_view solution) {
  const auto all = workspaces_.list(solution);
  if (!all) return std::unexpected(all.error());
  json::array items;
  for (const auto& [id, branch] : *all) {
    items.emplace_back(json::object{{"id", id}, {"branch", branch}});
  }
  return items;
}

api::Studio::Object OperatorStudio::add_workspace(std::string_view solution,
                                                  const json::object& order) {
  const auto added = workspaces_.add(solution, *json::get_string(order, "branch"),
                                     json::get_string(order, "from").value_or(""));
  if (!added) return std::unexpected(added.error());
  return json::object{{"id", added->id}, {"branch", added->branch}};
}

api::Studio::Done OperatorStudio::remove_workspace(const Place& place) {
  return workspaces_.remove(place.solution, place.workspace);
}

api::Studio::Array OperatorStudio::files(const Place& place) {
  const auto turn = workspaces_.open(place.solution, place.workspace);
  if (!turn) return std::unexpected(turn.error());
  const auto all = turn->workspace.list();
  if (!all) return std::unexpected(all.error());
  std::map<std::string, std::string> changed;
  if (turn->git.is_repository()) {
    const auto status = turn->git.status();
    if (!status) return std::unexpected(status.error());
    for (const solutions::GitChange& each : status->changed) changed[each.path] = each.change;
  }
  json::array items;
  for (const solutions::WorkspaceFile& file : *all) {
    json::object one{
        {"path", file.path}, {"hash", file.hash}, {"bytes", file.bytes}, {"kind", file.kind}};
    if (const auto found = changed.find(file.path); found != changed.end()) {
      one["changed"] = found->second;
    }
    items.emplace_back(std::move(one));
  }
  return items;
}

base::Result<api::Studio::Looked> OperatorStudio::look(const Place& place) {
  const auto turn = workspaces_.open(place.solution, place.workspace);
  if (!turn) return std::unexpected(turn.error());
  const auto all = turn->workspace.list();
  if (!all) return std::unexpected(all.error());
  Looked out;
  for (const solutions::WorkspaceFile& file : *all) out.files[file.path] = file.hash;
  if (!turn->git.is_repository()) return out;
  auto stand = turn->git.stand();
  if (!stand) return std::unexpected(stand.error());
  out.branch = std::move(stand->branch);
  out.head = std::move(stand->head);
  return out;
}

api::Studio::Object OperatorStudio::file(const Place& place, std::string_view path) {
  const auto turn = workspaces_.open(place.solution, place.workspace);
  if (!turn) return std::unexpected(turn.error());
  auto text = turn->workspace.read(path);
  if (!text) return std::unexpected(text.error());
  if (!base::is_valid_utf8(*text)) return fail(Code::unimplemented, "the file is no text");
  const std::string hash = solutions::hash_of_text(*text);
  return json::object{{"path", path}, {"text", std::move(*text)}, {"hash", hash}};
}

api::Studio::Object OperatorStudio::save(const Place& place, const json::object& order) {
  std::vector<solutions::FileChange> changes;
  for (const json::value& file : order.at("files").as_array()) {
    changes.push_back(change_of(file.as_object()));
  }
  const auto turn = workspaces_.open(place.solution, place.workspace);
  if (!turn) return std::unexpected(turn.error());
  const auto saved = turn->workspace.save(changes);
  if (!saved) return std::unexpected(saved.error());
  if (!saved->conflicts.empty()) {
    json::array conflicts;
    for (const solutions::FileConflict& each : saved->conflicts) {
      conflicts.emplace_back(
          json::object{{"path", each.path}, {"hash", each.hash}, {"text", each.text}});
    }
    return json::object{{"conflicts", std::move(conflicts)}};
  }
  json::array files;
  for (const solutions::WorkspaceFile& file : saved->files) {
    files.emplace_back(json::object{{"path", file.path}, {"hash", file.hash}});
  }
  return json::object{{"files", std::move(files)}};
}

}  // namespace millrace::app
