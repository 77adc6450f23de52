// Drafts: checked, compared, and what is proposed for them.
#include <algorithm>
#include <set>

#include "app/operators/studio.hpp"
#include "app/wire/data/data_reading.hpp"
#include "app/wire/receivers.hpp"
#include "flow/outline.hpp"
#include "flow/schema.hpp"
#include "solutions/folder.hpp"
#include "solutions/workspace/proposals.hpp"

namespace millrace::app {
namespace {

using base::Code;
using base::fail;

json::object shown(const flow::OutlineNode& node) {
  json::array roads;
  for (const flow::OutlineRoad& road : node.roads) {
    json::object one{
        {"kind", road.kind}, {"label", road.label}, {"to", road.to}, {"leads", road.leads}};
    if (road.span.to > road.span.from) one["span"] = json::array{road.span.from, road.span.to};
    roads.emplace_back(std::move(one));
  }
  return {{"id", node.id},
          {"kind", node.kind},
          {"name", node.name},
          {"text", node.text},
          {"line", node.line},
          {"span", json::array{node.span.from, node.span.to}},
          {"sets", json::array(node.sets.begin(), node.sets.end())},
          {"roads", std::move(roads)}};
}

json::array shown(const std::vector<flow::OutlineFlow>& flows) {
  json::array out;
  for (const flow::OutlineFlow& flow : flows) {
    json::array nodes;
    for (const flow::OutlineNode& node : flow.nodes) nodes.emplace_back(shown(node));
    out.emplace_back(
        json::object{{"name", flow.name}, {"file", flow.file}, {"nodes", std::move(nodes)}});
  }
  return out;
}

// What an author can name, for completion.
json::object symbols_of(const solutions::Loaded& loaded,
                        const std::vector<flow::OutlineFlow>& flows) {
  std::set<std::string> variables;
  json::array names;
  for (const flow::OutlineFlow& flow : flows) {
    names.emplace_back(flow.name);
    for (const flow::OutlineNode& node : flow.nodes) {
      variables.insert(node.sets.begin(), node.sets.end());
    }
  }
  const flow::Program declared =
      loaded.program ? *loaded.program : flow::declared_settings(loaded.files, receivers());
  json::array intents;
  for (const auto& [intent, node] : declared.intent_nodes) intents.emplace_back(intent);
  return {{"variables", json::array(variables.begin(), variables.end())},
          {"scripts", json::array(loaded.facts.scripts.begin(), loaded.facts.scripts.end())},
          {"intents", std::move(intents)},
          {"locales", json::array(declared.locales.begin(), declared.locales.end())},
          {"flows", std::move(names)}};
}

base::Result<solutions::Proposal> proposed(const flow::Files& files, const json::object& order) {
  if (const auto* rename = json::get_object(order, "rename")) {
    return solutions::renamed(files, *json::get_string(*rename, "from"),
                              *json::get_string(*rename, "to"));
  }
  if (const auto* extract = json::get_object(order, "extract")) {
    std::vector<std::string> nodes;
    for (const json::value& node : extract->at("nodes").as_array()) {
      nodes.emplace_back(node.get_string());
    }
    return solutions::extracted(files, nodes, *json::get_string(*extract, "flow"));
  }
  return solutions::converted(files, *json::get_string(order, "convert"));
}

// {hash, ...}, and no more than the hash where the asker has that already.
json::object unless_known(json::object part, const json::object* known, std::string_view name) {
  const std::string hash = solutions::hash_of_text(json::serialize(part));
  const bool is_known = known != nullptr && json::get_string(*known, name) == hash;
  json::object out = is_known ? json::object() : std::move(part);
  out["hash"] = hash;
  return out;
}

template <typename Changes>
json::array shown_changes(const Changes& changes, std::string_view name,
                          auto std::ranges::range_value_t<Changes>::* member) {
  json::array out;
  for (const auto& each : changes) {
    out.emplace_back(json::object{{name, each.*member}, {"change", each.change}});
  }
  return out;
}

}  // namespace

api::Studio::Object OperatorStudio::check(const Place& place, const json::object& order) {
  const auto loaded = loaded_of(place, order);
  if (!loaded) return std::unexpected(loaded.error());
  const auto flows = flow::outline((*loaded)->files);
  const auto* known = json::get_object(order, "known");
  const json::value* rev = order.if_contains("rev");
  return json::object{
      {"rev", rev == nullptr ? json::value(nullptr) : *rev},
      {"sound", (*loaded)->program != nullptr},
      {"hash", (*loaded)->program ? (*loaded)->program->hash : ""},
      {"problems", app::shown((*loaded)->problems)},
      {"graph", unless_known(json::object{{"flows", shown(flows)}}, known, "graph")},
      {"symbols", unless_known(symbols_of(**loaded, flows), known, "symbols")}};
}

api::Studio::Object OperatorStudio::format(const json::object& order) {
  auto text = solutions::laid_out(*json::get_string(order, "path"),
                                  std::string(*json::get_string(order, "text")));
  if (!text) return std::unexpected(text.error());
  return json::object{{"text", std::move(*text)}};
}

api::Studio::Object OperatorStudio::refactor(const Place& place, const json::object& order) {
  const auto count = order.count("rename") + order.count("extract") + order.count("convert");
  if (count != 1) {
    return fail(Code::invalid_argument, "say rename, extract or convert, one of them", "/");
  }
  const auto files = draft_of(place, order);
  if (!files) return std::unexpected(files.error());
  const auto proposal = proposed(*files, order);
  if (!proposal) return std::unexpected(proposal.error());
  json::array proposed;
  for (const solutions::ProposedFile& file : proposal->files) {
    json::object one{{"path", file.path}};
    if (file.text) {
      one["text"] = *file.text;
    } else {
      one["remove"] = true;
    }
    proposed.emplace_back(std::move(one));
  }
  return json::object{{"files", std::move(proposed)}, {"problems", app::shown(proposal->problems)}};
}

base::Result<flow::Files> OperatorStudio::compared_with(const Place& place, std::string_view what) {
  if (what == "disk") return draft_of(place, {});
  const auto deployments = deployments_of(options_.data);
  if (!deployments) return std::unexpected(deployments.error());
  std::string hash;
  if (what.empty() || what == "live") {
    const solutions::Deployment* current = deployments->current(place.solution);
    if (current == nullptr) return fail(Code::not_found, "nothing was deployed of it", "/from");
    hash = current->hash;
  } else {
    const auto found = deployments->find(place.solution, what);
    if (!found) return std::unexpected(found.error());
    hash = found->hash;
  }
  return solutions::read_folder(deployments->folder_of(hash));
}

api::Studio::Object OperatorStudio::diff(const Place& place, const json::object& order) {
  const auto part_of_version = [](base::Result<flow::Files> files) {
    if (files) {
      std::erase_if(*files, [](const auto& file) { return !flow::is_part_of_version(file.first); });
    }
    return files;
  };
  const auto after = part_of_version(draft_of(place, order));
  if (!after) return std::unexpected(after.error());
  const auto before =
      part_of_version(compared_with(place, json::get_string(order, "from").value_or("live")));
  if (!before) return std::unexpected(before.error());
  const auto found = solutions::difference(*before, *after);
  return json::object{
      {"nodes", shown_changes(found.nodes, "id", &solutions::NodeChange::id)},
      {"files", shown_changes(found.files, "path", &solutions::FileDifference::path)}};
}

api::Studio::Object OperatorStudio::schema(std::string_view name) {
  const auto text =
      name == "test" ? std::optional(trial::test_schema()) : flow::json_schema(name, receivers());
  if (!text) return fail(Code::not_found, "there is no schema of that name");
  return json::parse_object(*text);
}

}  // namespace millrace::app
