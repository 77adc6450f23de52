#include "solutions/workspace/proposals.hpp"

#include <algorithm>
#include <functional>

#include "flow/convert.hpp"
#include "flow/extract.hpp"
#include "flow/outline.hpp"
#include "flow/rename.hpp"
#include "flow/yaml_text.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
using base::fail;

constexpr std::string_view kCsvPath = "templates/bot.csv";

bool is_flow(std::string_view path) {
  return path.starts_with("flows/") && path.ends_with(".flow.yaml");
}

// Every way out as "from to", with one id in another's place.
std::vector<std::string> roads_of(const flow::Files& files, std::string_view id,
                                  std::string_view as) {
  const auto named = [&](const std::string& each) { return each == id ? std::string(as) : each; };
  std::vector<std::string> roads;
  for (const flow::OutlineFlow& flow : flow::outline(files)) {
    for (const flow::OutlineNode& node : flow.nodes) {
      roads.push_back(named(node.id));
      for (const flow::OutlineRoad& road : node.roads) {
        roads.push_back(named(node.id) + " " + road.kind + " " + named(road.to) +
                        (road.leads ? "" : " nowhere"));
      }
    }
  }
  return roads;
}

// The same, whether a node names what follows it or it stands behind.
std::vector<std::string> ways_of(const flow::Files& files,
                                 const std::function<std::string(const std::string&)>& named) {
  std::vector<std::string> ways;
  for (const flow::OutlineFlow& flow : flow::outline(files)) {
    for (const flow::OutlineNode& node : flow.nodes) {
      ways.push_back(named(node.id));
      for (const flow::OutlineRoad& road : node.roads) {
        const std::string kind = road.kind == "behind" ? "next" : road.kind;
        ways.push_back(named(node.id) + " " + kind + " " + named(road.to) +
                       (road.leads ? "" : " nowhere"));
      }
    }
  }
  return ways;
}

template <typename Change>
std::vector<Change> changes(const std::map<std::string, std::string>& before,
                            const std::map<std::string, std::string>& after) {
  std::vector<Change> out;
  for (const auto& [name, text] : after) {
    const auto found = before.find(name);
    if (found == before.end()) {
      out.push_back({name, "added"});
    } else if (found->second != text) {
      out.push_back({name, "changed"});
    }
  }
  for (const auto& [name, text] : before) {
    if (!after.contains(name)) out.push_back({name, "removed"});
  }
  return out;
}

}  // namespace

base::Result<std::string> laid_out(std::string_view path, const std::string& text) {
  if (!path.ends_with(".yaml") && !path.ends_with(".yml")) {
    return fail(Code::invalid_argument, "only YAML files have a canonical layout",
                std::string(path));
  }
  return flow::format_yaml(text);
}

base::Result<Proposal> converted(const flow::Files& files, std::string_view to) {
  const bool to_yaml = to == "yaml";
  const auto csv = files.find(std::string(kCsvPath));
  if (to_yaml && csv == files.end()) {
    return fail(Code::not_found, "there is no templates/bot.csv in the solution");
  }
  const auto made = to_yaml ? flow::csv_to_yaml(csv->second) : flow::yaml_to_csv(files);
  Proposal out{{}, made.problems};
  if (!made.text) return out;
  for (const auto& [path, text] : made.files) {
    if (files.contains(path)) {
      return fail(Code::already_exists, "is there already; move it away first", path);
    }
    out.files.push_back({path, text});
  }
  for (const auto& [path, text] : files) {
    if (to_yaml ? path == kCsvPath : is_flow(path)) out.files.push_back({path, std::nullopt});
  }
  return out;
}

base::Result<Proposal> renamed(const flow::Files& files, std::string_view id,
                               std::string_view name) {
  auto changed = flow::rename_node(files, id, name);
  if (!changed) return std::unexpected(changed.error());
  flow::Files after = files;
  for (const auto& [path, text] : *changed) after[path] = text;
  const std::string fresh = std::string(id.substr(0, id.find('.') + 1)) + std::string(name);
  if (roads_of(files, id, fresh) != roads_of(after, "", "")) {
    return fail(Code::unimplemented, "the node is named in a way that cannot be changed here");
  }
  Proposal out;
  for (auto& [path, text] : *changed) out.files.push_back({path, std::move(text)});
  return out;
}

base::Result<Proposal> extracted(const flow::Files& files, const std::vector<std::string>& nodes,
                                 std::string_view flow) {
  auto changed = flow::extract_nodes(files, nodes, flow);
  if (!changed) return std::unexpected(changed.error());
  flow::Files after = files;
  for (const auto& [path, text] : *changed) after[path] = text;
  const auto fresh = [&](const std::string& id) {
    const bool is_moved = std::ranges::find(nodes, id) != nodes.end();
    return is_moved ? std::string(flow) + id.substr(id.find('.')) : id;
  };
  const auto same = [](const std::string& id) { return id; };
  auto before = ways_of(files, fresh);
  auto now = ways_of(after, same);
  // Those of the new flow have another place among them.
  std::ranges::sort(before);
  std::ranges::sort(now);
  if (before != now) {
    return fail(Code::unimplemented, "the nodes are named in a way that cannot be changed here");
  }
  Proposal out;
  for (auto& [path, text] : *changed) out.files.push_back({path, std::move(text)});
  return out;
}

Difference difference(const flow::Files& before, const flow::Files& after) {
  return {changes<NodeChange>(flow::node_sources(before), flow::node_sources(after)),
          changes<FileDifference>(before, after)};
}

}  // namespace millrace::solutions
