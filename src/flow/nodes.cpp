#include "flow/nodes.hpp"

#include "base/text.hpp"

namespace millrace::flow {
namespace {

BranchNode make_branch(const Cells& cells, const YamlNode& yaml) {
  BranchNode node;
  for (const YamlNode::Case& item : yaml.cases) {
    if (const auto target = cells.target(item.target, "to")) {
      node.cases.push_back({item.condition, *target});
    }
  }
  if (yaml.otherwise) node.otherwise = cells.target(*yaml.otherwise, "else").value_or(0);
  return node;
}

std::optional<NodeNumber> next_of(const Cells& cells) {
  if (!cells.has(Column::next_nodes)) return std::nullopt;
  return cells.target(Column::next_nodes, cells[Column::next_nodes]);
}

// The kinds of nodes that only YAML has.
bool parse_yaml_kind(const Cells& cells, Node& node) {
  const YamlNode* yaml = cells.draft().yaml.get();
  if (yaml == nullptr) return false;
  node.was = yaml->was;
  switch (yaml->kind) {
    case YamlNode::Kind::plain: return false;
    case YamlNode::Kind::branch: node.does = make_branch(cells, *yaml); break;
    case YamlNode::Kind::set: node.does = SetNode{yaml->assignments, next_of(cells)}; break;
    case YamlNode::Kind::ret: node.does = ReturnNode{}; break;
    case YamlNode::Kind::pause: node.does = PauseNode{yaml->wait_ms, next_of(cells)}; break;
    case YamlNode::Kind::call: {
      CallNode call;
      if (yaml->call) call.target = cells.target(*yaml->call, "call").value_or(0);
      call.next = next_of(cells).value_or(0);
      node.does = call;
      break;
    }
  }
  return true;
}

// Columns that say nothing about what the node does.
void parse_labels(const Cells& cells, Node& node) {
  node.name = cells[Column::node_name];
  node.intent = cells[Column::intent];
  node.tags = parse_list(cells[Column::node_tags]);
  node.flow_tags = parse_list(cells[Column::flows]);
  node.skill = cells[Column::skill_tag];
  node.event = parse_event(cells);
  for (const Column column : {Column::entity_type, Column::entity, Column::platform_flag}) {
    if (!cells.has(column)) continue;
    cells.warning(column, "not_used",
                  "the meaning of this column is not public; it is kept and "
                  "has no effect");
  }
}

std::optional<Node> parse_node(const Cells& cells, const AppFacts& facts) {
  Node node;
  node.number = cells.draft().number;
  node.id = cells.draft().id;
  node.file = cells.draft().file;
  node.row = cells.draft().line;
  parse_labels(cells, node);
  if (parse_yaml_kind(cells, node)) return node;
  const auto type = cells[Column::node_type];
  if (type == "D") {
    node.does = parse_dialog(cells);
  } else if (type == "A") {
    node.does = parse_action(cells, facts);
  } else {
    cells.error(Column::node_type, "bad_type", "'" + std::string(type) + "' is not a node type",
                "write D for dialog or A for action");
    return std::nullopt;
  }
  return node;
}

}  // namespace

void read_nodes(const Files& files, const AppFacts& facts, Program& program, Problems& problems) {
  const Drafts drafts = read_drafts(files, problems);
  Targets targets(drafts.nodes);
  for (const auto& [name, number] : drafts.names) targets.add(name, number);
  std::unordered_map<NodeNumber, const Draft*> seen;
  for (const Draft& draft : drafts.nodes) {
    const Cells cells(draft, targets, problems);
    const auto [earlier, first] = seen.try_emplace(draft.number, &draft);
    if (!first) {
      cells.error(Column::node_number, "number_repeated",
                  "node " + draft.id + " is already on line " +
                      std::to_string(earlier->second->line) +
                      (earlier->second->file == draft.file ? "" : " of " + earlier->second->file),
                  "give it a number of its own");
      program.broken.insert(draft.number);
      continue;
    }
    auto node = parse_node(cells, facts);
    if (!node) {
      program.broken.insert(draft.number);
      continue;
    }
    program.by_id.emplace(node->id, node->number);
    program.nodes.emplace(draft.number, std::move(*node));
  }
  if (seen.contains(kStartNode)) {
    program.start = kStartNode;
  } else if (const auto main = targets.find("main", "main")) {
    program.start = *main;
  } else if (!drafts.nodes.empty() && drafts.nodes.front().yaml) {
    program.start = drafts.nodes.front().number;
  }
}

}  // namespace millrace::flow
