#include "flow/yaml/yaml_node.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "flow/csv/cells.hpp"

namespace millrace::flow {

void NodeReader::read(const YAML::Node& map, const std::string& name) {
  for (const YamlPair& pair : file_.pairs(map, "node " + name)) {
    const auto known = std::ranges::find(keys(), std::string_view(pair.key), &NodeKey::name);
    if (known != keys().end()) {
      (this->*known->read)(pair, *known);
      continue;
    }
    file_.unknown_key(pair, names_of(node_keys()));
    misread_ = true;
  }
  finish(name);
}

void NodeReader::say_plainly(const YamlPair& entry) {
  draft_.kind = Draft::Kind::dialog;
  draft_.messages = {file_.text(entry, "say")};
}

void NodeReader::ask_plainly(const YamlPair& entry) {
  draft_.kind = Draft::Kind::dialog;
  draft_.messages = {file_.text(entry, "ask")};
  draft_.waits = {true, file_.place(entry, "ask")};
}

void NodeReader::read_text(const YamlPair& pair, const NodeKey& key) {
  draft_.*key.text = file_.text(pair, key.name);
}

void NodeReader::read_list(const YamlPair& pair, const NodeKey& key) {
  draft_.*key.list = file_.text_list(pair, key.name);
}

void NodeReader::read_say(const YamlPair& pair, const NodeKey& key) {
  if (says_.given()) {
    file_.error(pair, "kind_twice", "a node either says or asks",
                "write both texts into ask, or make a node of each");
    return;
  }
  says_ = file_.place(pair, key.name);
  draft_.messages = file_.text_list(pair, key.name).value;
}

void NodeReader::read_ask(const YamlPair& pair, const NodeKey& key) {
  read_say(pair, key);
  draft_.waits = {true, file_.place(pair, key.name)};
}

void NodeReader::does(Draft::Kind kind, const YamlPair& pair, const NodeKey& key) {
  if (does_.given()) {
    file_.error(pair, "kind_twice",
                "a node does one thing besides what it says, and this one has '" +
                    std::string(does_.key) + "' and '" + pair.key + "'",
                "make a node of each");
    return;
  }
  does_ = file_.place(pair, key.name);
  draft_.kind = kind;
}

void NodeReader::read_do(const YamlPair& pair, const NodeKey& key) {
  does(Draft::Kind::action, pair, key);
  draft_.command = file_.text(pair, key.name);
  falls_through_ = false;
}

void NodeReader::read_call(const YamlPair& pair, const NodeKey& key) {
  does(Draft::Kind::call, pair, key);
  draft_.call = file_.text(pair, key.name);
}

void NodeReader::read_return(const YamlPair& pair, const NodeKey& key) {
  does(Draft::Kind::ret, pair, key);
  falls_through_ = false;
  if (!file_.truth(pair).value_or(true)) file_.error(pair, "not_truth", "write return: true");
}

void NodeReader::read_wait(const YamlPair& pair, const NodeKey& key) {
  does(Draft::Kind::pause, pair, key);
  draft_.wait_ms = file_.duration(pair).value_or(1);
}

// A form is read by the flow, which makes a node of each of its asks.
void NodeReader::read_form(const YamlPair& pair, const NodeKey&) {
  file_.error(pair, "form_misplaced", "a form does not stand within a form", "write ask");
}

void NodeReader::read_next(const YamlPair& pair, const NodeKey& key) {
  draft_.next = file_.text(pair, key.name);
  falls_through_ = false;
}

void NodeReader::read_end(const YamlPair& pair, const NodeKey&) {
  draft_.ends = file_.truth(pair).value_or(false);
  if (draft_.ends) falls_through_ = false;
}

void NodeReader::put_cell(Column column, const YamlPair& pair, std::string_view key) {
  if (auto text = file_.scalar(pair)) {
    cells_.put(column, {std::move(*text), file_.place(pair.value, key)});
    has_cells_ = true;
  }
}

// What stands in a cell as JSON is a map here; a text is the cell as it is.
void NodeReader::read_event(const YamlPair& pair, const NodeKey& key) {
  if (pair.value.IsScalar()) {
    put_cell(Column::event, pair, key.name);
  } else {
    draft_.event = file_.tree(pair.value, key.name);
  }
}

void NodeReader::read_with(const YamlPair& pair, const NodeKey& key) {
  if (pair.value.IsScalar()) {
    put_cell(Column::parameter_input, pair, key.name);
  } else if (!pair.value.IsMap()) {
    file_.error(pair, "not_a_map", "must be a map of parameters");
  } else {
    draft_.payload = file_.tree(pair.value, key.name);
  }
}

// Cells as they stand in the CSV file, for what no key says better.
void NodeReader::read_raw_cells(const YamlPair& pair, const NodeKey&) {
  for (const YamlPair& cell : file_.pairs(pair.value, "cells")) {
    if (const auto column = column_of(cell.key)) {
      put_cell(*column, cell, header_of(*column));
      if (*column == Column::next_nodes) falls_through_ = false;
    } else {
      std::vector<std::string> known;
      for (size_t i = 0; i < kColumnCount; ++i) {
        known.emplace_back(header_of(static_cast<Column>(i)));
      }
      file_.unknown_key(cell, known);
    }
  }
}

void NodeReader::read_variable(const YamlPair& pair, const NodeKey& key) {
  TextList names = file_.text_list(pair, key.name);
  (key.shape == Shape::variable ? draft_.variables : variables_) = std::move(names);
}

void NodeReader::read_nlu(const YamlPair& pair, const NodeKey& key) {
  const auto given = file_.truth(pair);
  if (given) draft_.nlu_disabled = {!*given, file_.place(pair, key.name)};
}

void NodeReader::read_nlu_threshold(const YamlPair& pair, const NodeKey& key) {
  draft_.nlu_threshold = {read_threshold(file_, pair), file_.place(pair, key.name)};
}

void NodeReader::read_behaviours(const YamlPair& pair, const NodeKey& key) {
  draft_.behaviours = file_.text_list(pair, key.name);
  for (const Text& behaviour : draft_.behaviours.value) {
    if (base::trim(behaviour.value) == "xfer_to_agent") falls_through_ = false;
  }
}

void NodeReader::read_secure(const YamlPair& pair, const NodeKey& key) {
  draft_.secure = {file_.truth(pair).value_or(false), file_.place(pair, key.name)};
}

// {name: node}, or a cell of the CSV format.
PairList NodeReader::read_pairs(const YamlPair& pair, const NodeKey& key) {
  PairList list{{}, file_.place(pair, key.name)};
  for (const YamlPair& item : file_.pairs(pair.value, key.name)) {
    if (!item.value.IsScalar()) {
      file_.error(item, "not_text", "must be the name of a node");
      continue;
    }
    list.value.push_back({{item.key, file_.place(item, key.name)},
                          {item.value.Scalar(), file_.place(item.value, key.name)}});
  }
  return list;
}

void NodeReader::read_on(const YamlPair& pair, const NodeKey& key) {
  if (pair.value.IsScalar()) {
    put_cell(Column::what_next, pair, key.name);
  } else {
    draft_.roads = read_pairs(pair, key);
  }
}

void NodeReader::read_inputs(const YamlPair& pair, const NodeKey& key) {
  if (pair.value.IsScalar()) {
    put_cell(Column::node_input, pair, key.name);
  } else {
    draft_.inputs = read_pairs(pair, key);
  }
}

std::optional<Expression> NodeReader::expression(const YAML::Node& node, std::string_view key) {
  std::string_view text = base::trim(node.Scalar());
  if (text.starts_with("= ")) text = base::trim(text.substr(1));
  auto parsed = Expression::parse(text);
  if (parsed) return std::move(*parsed);
  file_.error(node, std::string(key), "bad_expression", parsed.error().message,
              "write it like AGE >= 18 and CITY != ''");
  return std::nullopt;
}

// if: [{when: AGE >= 18, to: adult}, {else: minor}]
void NodeReader::read_if(const YamlPair& pair, const NodeKey& key) {
  does(Draft::Kind::branch, pair, key);
  falls_through_ = false;
  for (const YAML::Node& item : file_.maps(pair)) {
    std::optional<Expression> condition;
    Place condition_at;
    Text to;
    for (const YamlPair& part : file_.pairs(item, "a case")) {
      if (!part.value.IsScalar()) {
        file_.error(part, "not_text", "must be plain text");
      } else if (part.key == "when") {
        condition = expression(part.value, "when");
        condition_at = file_.place(part.value, "when");
      } else if (part.key == "to") {
        to = file_.text(part, "to");
      } else if (part.key == "else") {
        draft_.otherwise = file_.text(part, "else");
      } else {
        file_.unknown_key(part, names_of(case_keys()));
      }
    }
    if (condition && !to.given()) {
      file_.error(item, "to", "road_missing", "the case leads nowhere", "write to: node");
    } else if (condition) {
      draft_.cases.push_back({{std::move(*condition), condition_at}, std::move(to)});
    }
  }
  if (!draft_.otherwise.given()) {
    file_.error(pair, "road_missing", "no road for when no case holds",
                "add a last case, - else: node");
  }
}

void NodeReader::read_set(const YamlPair& pair, const NodeKey& key) {
  does(Draft::Kind::set, pair, key);
  for (const YamlPair& item : file_.pairs(pair.value, "set")) {
    if (!is_variable_name(item.key)) {
      file_.error(item, "bad_variable_name",
                  "Global variables must be in all capital letters, numbers or _",
                  "'" + item.key + "' is not; begin with a letter");
      continue;
    }
    const Text text = file_.text(item, key.name);
    if (!text.given()) continue;
    AssignmentDraft assignment{item.key, text, std::nullopt};
    if (base::trim(text.value).starts_with("= ")) {
      assignment.expression = expression(item.value, item.key);
      if (!assignment.expression) continue;
    }
    draft_.assignments.push_back(std::move(assignment));
  }
}

void NodeReader::finish(const std::string& name) {
  if (draft_.kind == Draft::Kind::unknown && says_.given()) draft_.kind = Draft::Kind::dialog;
  if (has_cells_) {
    draft_.cells = std::make_shared<CellRow>(cells_);
    flow::read_cells(draft_, cells_, in_cells_);
  }
  finish_ask();
  finish_choices();
  const bool has_type = has_cells_ && cells_.has(Column::node_type);  // a wrong one, if unknown
  if (draft_.kind == Draft::Kind::unknown && !has_type) {
    if (!misread_) {
      file_.error(draft_.at.line, name, "kind_missing", "the node does nothing",
                  "it needs one of say, ask, do, if, set, call, return, wait or form");
    }
    draft_.kind = Draft::Kind::dialog;
  }
  if (draft_.waits.value && choices_lead_) falls_through_ = false;
  if (draft_.ends && draft_.next.given()) {
    file_.error(draft_.at.line, name, "next_and_end", "a node cannot both end and go on",
                "keep end or next");
  }
  const bool answers = draft_.kind == Draft::Kind::dialog || !says_.given();
  if (variables_.given() && answers) draft_.variables = std::move(variables_);
}

}  // namespace millrace::flow
