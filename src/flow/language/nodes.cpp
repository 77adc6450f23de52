#include "flow/language/nodes.hpp"

#include "base/text.hpp"

namespace millrace::flow {

using base::trim;

void Link::error(const Place& place, std::string code, std::string message, std::string remedy) {
  sound_ = false;
  problems_.error(
      problem_in(draft_, place, std::move(code), std::move(message), std::move(remedy)));
}

void Link::warning(const Place& place, std::string code, std::string message, std::string remedy) {
  problems_.warning(
      problem_in(draft_, place, std::move(code), std::move(message), std::move(remedy)));
}

// Whether it exists; nothing else is wrong with the node when it does not.
std::optional<NodeNumber> Link::known(NodeNumber number, const Place& place) {
  if (!targets_.exists(number)) {
    problems_.error(problem_in(draft_, place, "target_missing",
                               "there is no node " + std::to_string(number),
                               "add it, or lead somewhere else"));
  }
  return number;
}

std::optional<NodeNumber> Link::target(const Text& text, Column column) {
  const Place place = at(column, text.at);
  if (const auto found = targets_.find(text.value)) return known(*found, place);
  const std::string name(trim(text.value));
  if (!is_yaml()) {
    error(place, "bad_number", "'" + name + "' is not one node number", "write one number");
    return std::nullopt;
  }
  const std::string near = targets_.nearest(name);
  error(place, "target_missing", "there is no node '" + name + "'",
        near.empty() ? "add it, or lead somewhere else" : "did you mean '" + near + "'?");
  return std::nullopt;
}

std::optional<NodeNumber> Link::target(const PairDraft& pair, Column column) {
  const bool is_cell = column_of(pair.node.at.key).has_value();
  if (is_cell && pair.value.value.contains('~') && !targets_.find(pair.node.value)) {
    const std::string text = std::string(trim(pair.value.value));
    error(pair.value.at, "bad_pair", "Likely missing a pipe character | in button construction",
          "near '" + text.substr(0, text.find('\n')) + "'");
    return std::nullopt;
  }
  return target(pair.node, column);
}

std::optional<NodeNumber> Link::next() {
  if (trim(draft_.next.value).empty()) return draft_.behind;
  return target(draft_.next, Column::next_nodes);
}

std::vector<std::string> Link::variables() {
  std::vector<std::string> names;
  for (const Text& text : draft_.variables.value) {
    const std::string name(trim(text.value));
    if (name.empty()) continue;
    if (is_variable_name(name)) {
      names.push_back(name);
    } else {
      error(at(Column::variable, text.at), "bad_variable_name",
            "Global variables must be in all capital letters, numbers or _",
            "'" + name + "' is not; begin with a letter");
    }
  }
  return names;
}

namespace {

std::vector<std::string> names_in(const TextList& list) {
  std::vector<std::string> out;
  for (const Text& text : list.value) {
    if (const auto name = trim(text.value); !name.empty()) out.emplace_back(name);
  }
  return out;
}

}  // namespace

// What says nothing about what the node does.
void Link::link_labels(Node& node) {
  node.name = trim(draft_.name.value);
  node.intent = trim(draft_.intent.value);
  node.tags = names_in(draft_.tags);
  node.flow_tags = names_in(draft_.flows);
  node.skill = trim(draft_.skill.value);
  node.was = trim(draft_.was.value);
  node.event = link_event();
  for (const Text* text : {&draft_.entity_type, &draft_.platform}) {
    if (!text->given()) continue;
    warning(text->at, "not_used",
            either("the meaning of this column is not public; it is kept and has no effect",
                   "the meaning of this key is not public; it is kept and has no effect"));
  }
}

BranchNode Link::link_branch() {
  BranchNode node;
  for (const CaseDraft& item : draft_.cases) {
    if (const auto to = target(item.node, Column::next_nodes)) {
      node.cases.push_back({item.condition.value, *to});
    }
  }
  if (draft_.otherwise.given()) {
    node.otherwise = target(draft_.otherwise, Column::next_nodes).value_or(0);
  }
  return node;
}

SetNode Link::link_set() {
  SetNode node;
  for (const AssignmentDraft& item : draft_.assignments) {
    if (item.expression) {
      node.assignments.push_back({item.variable, *item.expression});
    } else {
      node.assignments.push_back({item.variable, parse_template(item.text.value)});
    }
  }
  node.next = next();
  return node;
}

CallNode Link::link_call() {
  CallNode node;
  node.target = target(draft_.call, Column::next_nodes).value_or(0);
  node.next = next().value_or(0);
  return node;
}

std::optional<Node> Link::run() {
  Node node;
  node.number = draft_.number;
  node.id = draft_.id;
  node.file = draft_.file;
  node.row = draft_.line();
  link_labels(node);
  switch (draft_.kind) {
    case Draft::Kind::unknown: return std::nullopt;
    case Draft::Kind::dialog: node.does = link_dialog(); return node;
    case Draft::Kind::action: node.does = link_action(); return node;
    case Draft::Kind::branch: node.does = link_branch(); break;
    case Draft::Kind::set: node.does = link_set(); break;
    case Draft::Kind::call: node.does = link_call(); break;
    case Draft::Kind::ret: node.does = ReturnNode{}; break;
    case Draft::Kind::pause: node.does = PauseNode{draft_.wait_ms, next()}; break;
  }
  warn_of_unused();
  return node;
}

// What only a node that speaks, or an action, can do something with.
void Link::warn_of_unused() {
  const std::pair<std::string_view, Place> written[] = {
      {"asset",
       draft_.asset ? place_of(draft_, Column::rich_asset_content, draft_.asset->at) : Place{}},
      {"behaviours", draft_.behaviours.at},
      {"nlu", draft_.nlu_disabled.at},
      {"nlu_threshold", draft_.nlu_threshold.at},
      {"entity", draft_.entity.at},
      {"outputs", draft_.outputs.at},
      {"decide", draft_.decide.at},
      {"inputs", draft_.inputs.at},
      {"on", draft_.roads.at},
      {"with", draft_.payload ? draft_.payload->at : Place{}}};
  for (const auto& [key, place] : written) {
    if (!place.given()) continue;
    warning(place, "not_used", "'" + std::string(place.key) + "' has no effect on such a node",
            "remove it, or say it in a node of its own");
  }
}

namespace {

// Drafts -> nodes of the program. What was made of a draft before stays where nothing has changed
// that it depends on.
class Linker {
 public:
  Linker(const Targets& targets, bool same_names, const AppFacts& facts, Program& program,
         Problems& problems)
      : targets_(targets),
        same_names_(same_names),
        facts_(facts),
        program_(program),
        problems_(problems) {}

  void add(const Draft& draft, Made& made) {
    const auto [earlier, first] = seen_.try_emplace(draft.number, &draft);
    if (!first) {
      complain_of_repeated(draft, *earlier->second);
      made = {};
      return;
    }
    if (!is_same(draft, made)) link(draft, made);
    problems_.add(made.in_linking, draft.lines_before - made.lines_before);
    if (!made.is_node) {
      program_.broken.insert(draft.number);
      program_.nodes.erase(draft.number);
      return;
    }
    Node& node = program_.nodes.at(draft.number);
    node.row = draft.line();
    ++nodes_;
    if (!program_.by_id.emplace(node.id, node.number).second) {
      problems_.error(problem_in(draft, place_of(draft, Column::node_id), "id_repeated",
                                 "another node is called " + node.id, "give it a name of its own"));
    }
  }

  // Nodes of drafts that are there no more.
  void remove_others() {
    if (program_.nodes.size() == nodes_) return;
    std::erase_if(program_.nodes,
                  [this](const auto& entry) { return !seen_.contains(entry.first); });
  }

  bool has(NodeNumber number) const { return seen_.contains(number); }
  size_t linked() const { return linked_; }

 private:
  bool is_same(const Draft& draft, const Made& made) const {
    return made.is_linked && made.number == draft.number && made.behind == draft.behind &&
           made.was_sound == !problems_.has_error_at(draft.number) &&
           (same_names_ || same_answers(made.asked_of_names, targets_, draft.flow));
  }

  void link(const Draft& draft, Made& made) {
    made = {.is_linked = true,
            .number = draft.number,
            .behind = draft.behind,
            .was_sound = !problems_.has_error_at(draft.number),
            .lines_before = draft.lines_before};
    auto node =
        Link(draft, targets_, facts_, made.was_sound, made.asked_of_names, made.in_linking).run();
    made.is_node = node.has_value();
    if (node) program_.nodes.insert_or_assign(draft.number, std::move(*node));
    ++linked_;
  }

  void complain_of_repeated(const Draft& draft, const Draft& earlier) {
    problems_.error(problem_in(draft, place_of(draft, Column::node_number), "number_repeated",
                               "node " + draft.id + " is already on line " +
                                   std::to_string(earlier.line()) +
                                   (earlier.file == draft.file ? "" : " of " + earlier.file),
                               "give it a number of its own"));
    program_.broken.insert(draft.number);
  }

  const Targets& targets_;
  const bool same_names_;
  const AppFacts& facts_;
  Program& program_;
  Problems& problems_;
  std::unordered_map<NodeNumber, const Draft*> seen_;
  size_t nodes_ = 0;
  size_t linked_ = 0;
};

}  // namespace

size_t read_nodes(const Drafts& drafts, const Targets& targets, bool same_names,
                  const AppFacts& facts, Program& program, Problems& problems) {
  Linker linker(targets, same_names, facts, program, problems);
  for (size_t i = 0; i < drafts.nodes.size(); ++i) linker.add(drafts.nodes[i], *drafts.made[i]);
  linker.remove_others();
  if (linker.has(kStartNode)) {
    program.start = kStartNode;
  } else if (const auto main = targets.find("main", "main")) {
    program.start = *main;
  } else if (!drafts.nodes.empty() && drafts.nodes.front().get().is_yaml) {
    program.start = drafts.nodes.front().get().number;
  }
  return linker.linked();
}

}  // namespace millrace::flow
