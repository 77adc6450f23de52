// Changes of a solution's files that are proposed and not made: laid out anew, in the other
// notation, with a node under another name, with nodes in a flow of their own; and what differs
// between two states, node by node. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "flow/flow.hpp"

namespace millrace::solutions {

struct ProposedFile {
  std::string path;
  std::optional<std::string> text;  // nullopt: it goes
};
struct Proposal {
  std::vector<ProposedFile> files;
  std::vector<flow::Problem> problems;  // why there is none, or what to look at
};

// As `millrace fmt`. invalid_argument: it is no YAML file, or cannot be read.
base::Result<std::string> laid_out(std::string_view path, const std::string& text);
// To "yaml" or "csv", as `millrace convert --write`. already_exists: a file it would write is
// there.
base::Result<Proposal> converted(const flow::Files& files, std::string_view to);
// As flow::rename_node, and every way out still leads where it led.
base::Result<Proposal> renamed(const flow::Files& files, std::string_view id,
                               std::string_view name);

// As flow::extract_nodes, and every way out still leads where it led.
base::Result<Proposal> extracted(const flow::Files& files, const std::vector<std::string>& nodes,
                                 std::string_view flow);

struct NodeChange {
  std::string id;
  std::string change;  // added, changed, removed
};
struct FileDifference {
  std::string path;
  std::string change;  // added, changed, removed
};
struct Difference {
  std::vector<NodeChange> nodes;
  std::vector<FileDifference> files;
};
Difference difference(const flow::Files& before, const flow::Files& after);

}  // namespace millrace::solutions
