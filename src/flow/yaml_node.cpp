#include "flow/yaml_node.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "flow/notation.hpp"

namespace millrace::flow {
namespace {

TargetText target_text(const YAML::Node& node) {
  const YamlSpot spot = spot_of(node);
  return {node.IsScalar() ? node.Scalar() : std::string(), spot.line, spot.position};
}

}  // namespace

const std::vector<std::string>& node_keys() {
  static const std::vector<std::string> kKeys{
      "say",      "ask",         "do",       "if",         "set",         "call",
      "return",   "wait",        "form",     "name",       "description", "intent",
      "entity",   "entity_type", "nlu",      "next",       "end",         "behaviours",
      "css",      "tags",        "skill",    "platform",   "flows",       "event",
      "was",      "cells",       "variable", "variables",  "buttons",     "asset",
      "secure",   "with",        "inputs",   "outputs",    "decide",      "on",
      "comment",  "type",        "choices",  "show",       "retry",       "max_tries",
      "on_fail",  "why",         "subject",  "reminders",  "on_silence",  "skip_when_known",
      "min",      "max",         "whole",    "earliest",   "latest",      "not_future",
      "not_past", "region",      "pattern",  "length_min", "length_max",  "fuzzy"};
  return kKeys;
}

void NodeReader::set(Column column, std::string text, const YamlPair& pair) {
  const YamlSpot spot = spot_of(pair.value);
  draft_[column] = {std::move(text), spot.line == 0 ? pair.line : spot.line,
                    spot.line == 0 ? pair.position : spot.position};
}

void NodeReader::set(Column column, const YamlPair& pair) {
  if (auto text = file_.scalar(pair)) set(column, std::move(*text), pair);
}

void NodeReader::set_list(Column column, const YamlPair& pair) {
  std::string text;
  for (const std::string& item : file_.texts(pair)) text += (text.empty() ? "" : ",") + item;
  set(column, std::move(text), pair);
}

void NodeReader::set_flag(Column column, const YamlPair& pair, bool when) {
  const auto given = file_.truth(pair);
  if (given && *given == when) set(column, "1", pair);
}

// A map becomes JSON; a text is the cell as it is.
void NodeReader::set_json(Column column, const YamlPair& pair) {
  if (pair.value.IsScalar()) {
    set(column, pair);
  } else {
    set(column, spaced_json(json_from_yaml(pair.value)), pair);
  }
}

void NodeReader::add_behaviour(std::string_view behaviour) {
  Cell& cell = draft_[Column::behaviors];
  cell.text += (cell.text.empty() ? "" : ",") + std::string(behaviour);
  if (cell.line == 0) cell.line = draft_.line;
}

void NodeReader::say_plainly(const YamlPair& entry) {
  set(Column::node_type, "D", entry);
  set(Column::message, entry);
}

void NodeReader::ask_plainly(const YamlPair& entry) {
  say_plainly(entry);
  set(Column::answer_required, "1", entry);
}

void NodeReader::read(const YAML::Node& map, const std::string& name) {
  for (const YamlPair& pair : file_.pairs(map, "node " + name)) {
    const bool known = read_common(pair) || read_dialog(pair) || read_action(pair) ||
                       read_kind(pair) || read_ask(pair);
    if (known) continue;
    file_.unknown_key(pair, node_keys());
    misread_ = true;
  }
  finish(name);
}

bool NodeReader::read_common(const YamlPair& pair) {
  const std::pair<std::string_view, Column> plain[] = {
      {"name", Column::node_name},          {"description", Column::description},
      {"intent", Column::intent},           {"entity", Column::entity},
      {"entity_type", Column::entity_type}, {"css", Column::css_classname},
      {"skill", Column::skill_tag},         {"platform", Column::platform_flag},
      {"variable", Column::variable},       {"comment", Column::message},
  };
  const auto* found =
      std::ranges::find(plain, pair.key, &std::pair<std::string_view, Column>::first);
  if (found != std::end(plain)) {
    set(found->second, pair);
  } else if (pair.key == "next") {
    set(Column::next_nodes, pair);
    falls_through_ = false;
  } else if (pair.key == "end") {
    ends_ = file_.truth(pair).value_or(false);
    if (ends_) falls_through_ = false;
  } else if (pair.key == "tags") {
    set_list(Column::node_tags, pair);
  } else if (pair.key == "flows") {
    set_list(Column::flows, pair);
  } else if (pair.key == "variables") {
    set_list(Column::variable, pair);
  } else if (pair.key == "event") {
    set_json(Column::event, pair);
  } else if (pair.key == "was") {
    yaml_.was = file_.scalar(pair).value_or("");
  } else if (pair.key == "cells") {
    read_cells(pair);
  } else {
    return false;
  }
  return true;
}

// Cells as they stand in the CSV file, for what no key says better.
void NodeReader::read_cells(const YamlPair& pair) {
  for (const YamlPair& cell : file_.pairs(pair.value, "cells")) {
    if (const auto column = column_of(cell.key)) {
      set(*column, cell);
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

void NodeReader::read_texts(const YamlPair& pair, bool waits) {
  set(Column::node_type, "D", pair);
  if (waits) set(Column::answer_required, "1", pair);
  auto texts = file_.texts(pair);
  if (texts.empty()) return;
  set(Column::message, texts.front(), pair);
  yaml_.variants.assign(texts.begin() + 1, texts.end());
}

bool NodeReader::read_dialog(const YamlPair& pair) {
  if (pair.key == "say" || pair.key == "ask") {
    read_texts(pair, pair.key == "ask");
  } else if (pair.key == "nlu") {
    set_flag(Column::nlu_disabled, pair, false);
  } else if (pair.key == "behaviours") {
    for (const std::string& behaviour : file_.texts(pair)) {
      add_behaviour(behaviour);
      if (behaviour == "xfer_to_agent") falls_through_ = false;
    }
  } else if (pair.key == "secure") {
    if (file_.truth(pair).value_or(false)) add_behaviour("secure");
  } else if (pair.key == "buttons") {
    read_buttons(pair, "button");
  } else if (pair.key == "asset") {
    read_asset(pair);
  } else {
    return false;
  }
  return true;
}

std::optional<NodeReader::Choice> NodeReader::read_choice(const YAML::Node& item,
                                                          std::string_view key) {
  Choice choice;
  if (item.IsScalar()) {
    choice.label = item.Scalar();
    return choice;
  }
  if (!item.IsMap()) {
    file_.error(item, std::string(key), "not_text", "must be a label, {Label: node} or a map");
    return std::nullopt;
  }
  const auto pairs = file_.pairs(item, key);
  const bool short_form = pairs.size() == 1 && pairs[0].key != "label" && pairs[0].value.IsScalar();
  if (short_form) {
    choice.label = pairs[0].key;
    choice.to = pairs[0].value.Scalar();
    return choice;
  }
  const std::pair<std::string_view, std::string*> fields[] = {
      {"label", &choice.label}, {"to", &choice.to},       {"icon", &choice.icon},
      {"url", &choice.url},     {"image", &choice.image}, {"description", &choice.description}};
  for (const YamlPair& pair : pairs) {
    const auto* found =
        std::ranges::find(fields, pair.key, &std::pair<std::string_view, std::string*>::first);
    if (found != std::end(fields)) {
      *found->second = file_.scalar(pair).value_or("");
    } else if (pair.key == "synonyms") {
      choice.synonyms = file_.texts(pair);
    } else {
      file_.unknown_key(pair, {"label", "to", "icon", "url", "image", "description", "synonyms"});
    }
  }
  if (choice.label.empty()) {
    file_.error(item, std::string(key), "label_missing", "an option has no label");
    return std::nullopt;
  }
  return choice;
}

void NodeReader::read_buttons(const YamlPair& pair, std::string_view kind) {
  if (pair.value.IsScalar()) {
    set(Column::rich_asset_type, std::string(kind), pair);
    set(Column::rich_asset_content, pair);
    choices_lead_ = true;
    return;
  }
  if (!pair.value.IsSequence()) {
    file_.error(pair, "not_a_list", "must be a list of labels");
    return;
  }
  choices_at_ = pair;
  for (const auto& item : pair.value) {
    if (auto choice = read_choice(item, pair.key)) choices_.push_back(std::move(*choice));
  }
}

// asset: {kind: webview, content: text} or {kind: listpicker, options: [...]}.
void NodeReader::read_asset(const YamlPair& pair) {
  json::object fields;
  std::optional<std::string> content;
  std::string kind;
  for (const YamlPair& part : file_.pairs(pair.value, "asset")) {
    if (part.key == "kind") {
      kind = file_.scalar(part).value_or("");
      set(Column::rich_asset_type, kind, part);
    } else if (part.key == "content") {
      set(Column::rich_asset_content, part);
      content = draft_[Column::rich_asset_content].text;
    } else {
      fields[part.key] = json_from_yaml(part.value);
    }
  }
  if (kind.empty()) {
    file_.error(pair, "key_missing", "an asset needs its kind", "write kind: listpicker");
    return;
  }
  if (content) {
    choices_lead_ = kind == "button" || kind == "buttons";
    if (!fields.empty()) {
      file_.error(pair, "asset_twice", "'content' stands for all other fields", "keep one form");
    }
    return;
  }
  if (!fields.contains("type")) {
    json::object typed{{"type", "static"}};
    for (const auto& member : fields) typed[member.key()] = member.value();
    fields = std::move(typed);
  }
  const auto* options = json::get_array(fields, "options");
  choices_lead_ = options != nullptr && std::ranges::all_of(*options, [](const json::value& item) {
                    const auto* option = item.if_object();
                    return option != nullptr && option->contains("dest");
                  });
  set(Column::rich_asset_content, spaced_json(fields), pair);
}

bool NodeReader::read_action(const YamlPair& pair) {
  if (pair.key == "do") {
    set(Column::node_type, "A", pair);
    set(Column::command, pair);
    falls_through_ = false;
  } else if (pair.key == "with") {
    set_json(Column::parameter_input, pair);
  } else if (pair.key == "inputs") {
    read_inputs(pair);
  } else if (pair.key == "outputs") {
    set_list(Column::output, pair);
  } else if (pair.key == "decide") {
    set(Column::decision_variable, pair);
  } else if (pair.key == "on") {
    read_roads(pair);
  } else {
    return false;
  }
  return true;
}

void NodeReader::read_roads(const YamlPair& pair) {
  if (pair.value.IsScalar()) {
    set(Column::what_next, pair);
    return;
  }
  std::string text;
  for (const YamlPair& road : file_.pairs(pair.value, "on")) {
    const auto target = file_.scalar(road);
    if (!target) continue;
    text += (text.empty() ? "" : "|") + road.key + "~" + *target;
  }
  set(Column::what_next, std::move(text), pair);
}

void NodeReader::read_inputs(const YamlPair& pair) {
  if (pair.value.IsScalar()) {
    set(Column::node_input, pair);
    return;
  }
  std::string text;
  for (const YamlPair& input : file_.pairs(pair.value, "inputs")) {
    if (const auto node = file_.scalar(input)) {
      text += (text.empty() ? "" : ",") + input.key + ":" + *node;
    }
  }
  set(Column::node_input, std::move(text), pair);
}

bool NodeReader::read_kind(const YamlPair& pair) {
  if (pair.key == "if") {
    yaml_.kind = YamlNode::Kind::branch;
    falls_through_ = false;
    read_branch(pair);
  } else if (pair.key == "set") {
    yaml_.kind = YamlNode::Kind::set;
    read_assignments(pair);
  } else if (pair.key == "call") {
    yaml_.kind = YamlNode::Kind::call;
    yaml_.call = target_text(pair.value);
  } else if (pair.key == "return") {
    yaml_.kind = YamlNode::Kind::ret;
    falls_through_ = false;
    if (!file_.truth(pair).value_or(true)) file_.error(pair, "not_truth", "write return: true");
  } else if (pair.key == "wait") {
    yaml_.kind = YamlNode::Kind::pause;
    yaml_.wait_ms = file_.duration(pair).value_or(1);
  } else {
    return false;
  }
  return true;
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
void NodeReader::read_branch(const YamlPair& pair) {
  for (const YAML::Node& item : file_.maps(pair)) {
    std::optional<Expression> condition;
    std::optional<TargetText> to;
    for (const YamlPair& part : file_.pairs(item, "a case")) {
      if (!part.value.IsScalar()) {
        file_.error(part, "not_text", "must be plain text");
      } else if (part.key == "when") {
        condition = expression(part.value, "when");
      } else if (part.key == "to") {
        to = target_text(part.value);
      } else if (part.key == "else") {
        yaml_.otherwise = target_text(part.value);
      } else {
        file_.unknown_key(part, {"when", "to", "else"});
      }
    }
    if (condition && to) yaml_.cases.push_back({std::move(*condition), std::move(*to)});
    if (condition && !to) {
      file_.error(item, "to", "road_missing", "the case leads nowhere", "write to: node");
    }
  }
  if (!yaml_.otherwise) {
    file_.error(pair, "road_missing", "no road for when no case holds",
                "add a last case, - else: node");
  }
}

void NodeReader::read_assignments(const YamlPair& pair) {
  std::string names;
  for (const YamlPair& item : file_.pairs(pair.value, "set")) {
    if (!is_variable_name(item.key)) {
      file_.error(item, "bad_variable_name",
                  "Global variables must be in all capital letters, numbers or _",
                  "'" + item.key + "' is not; begin with a letter");
      continue;
    }
    const auto text = file_.scalar(item);
    if (!text) continue;
    names += (names.empty() ? "" : ",") + item.key;
    if (!base::trim(*text).starts_with("= ")) {
      yaml_.assignments.push_back({item.key, parse_template(*text)});
    } else if (auto parsed = expression(item.value, item.key)) {
      yaml_.assignments.push_back({item.key, std::move(*parsed)});
    }
  }
  set(Column::variable, std::move(names), pair);
}

void NodeReader::finish(const std::string& name) {
  finish_ask();
  yaml_.ends = ends_;
  const bool is_plain = yaml_.kind == YamlNode::Kind::plain;
  if (is_plain && draft_[Column::node_type].text.empty()) {
    if (!misread_)
      file_.error(draft_.line, name, "kind_missing", "the node does nothing",
                  "it needs one of say, ask, do, if, set, call, return, wait or form");
    draft_[Column::node_type].text = "D";
  }
  if (draft_[Column::answer_required].text == "1" && choices_lead_) falls_through_ = false;
  if (ends_ && !draft_[Column::next_nodes].text.empty()) {
    file_.error(draft_.line, name, "next_and_end", "a node cannot both end and go on",
                "keep end or next");
  }
}

}  // namespace millrace::flow
