#include <algorithm>

#include "base/text.hpp"
#include "flow/cells.hpp"
#include "flow/convert.hpp"
#include "flow/notation.hpp"
#include "flow/yaml.hpp"

namespace millrace::flow {
namespace {

// Gives named nodes numbers and writes every place that names one.
class Numbering {
 public:
  explicit Numbering(Drafts& drafts) : drafts_(drafts), targets_(make_targets(drafts)) {
    std::set<NodeNumber> taken;
    for (const Draft& draft : drafts.nodes) taken.insert(draft.number);
    NodeNumber free = 1;
    for (const Draft& draft : drafts.nodes) {
      NodeNumber number = draft.number;
      if (number >= kFirstYamlNumber) {
        while (taken.contains(free)) ++free;
        number = free;
        taken.insert(free);
      }
      numbers_[draft.number] = number;
    }
  }

  void run() {
    for (Draft& draft : drafts_.nodes) {
      rewrite(draft);
      if (draft[Column::node_number].text.empty()) {
        draft[Column::node_number].text = std::to_string(numbers_[draft.number]);
      }
    }
  }

 private:
  static Targets make_targets(const Drafts& drafts) {
    Targets targets(drafts.nodes);
    for (const auto& [name, number] : drafts.names) targets.add(name, number);
    return targets;
  }

  std::string number_of(const Draft& draft, std::string_view text) {
    const auto trimmed = base::trim(text);
    if (parse_number(trimmed)) return std::string(text);
    const auto found = targets_.find(draft.flow, trimmed);
    if (!found) return std::string(text);  // the checker says so
    return std::to_string(numbers_[*found]);
  }

  std::string pairs(const Draft& draft, std::string_view text, char between, char within) {
    std::string out;
    bool first = true;
    for (const std::string_view item : base::split(text, between)) {
      if (!std::exchange(first, false)) out.push_back(between);
      const auto at = item.rfind(within);
      if (at == std::string_view::npos) {
        out += item;
      } else {
        out += std::string(item.substr(0, at + 1)) + number_of(draft, item.substr(at + 1));
      }
    }
    return out;
  }

  void destinations(const Draft& draft, json::value& value, bool as_number) {
    if (auto* array = value.if_array()) {
      for (json::value& item : *array) destinations(draft, item, as_number);
    }
    auto* object = value.if_object();
    if (object == nullptr) return;
    for (auto& member : *object) {
      const bool names_node = member.key() == "dest" || member.key() == "source_node";
      if (!names_node) {
        destinations(draft, member.value(), as_number);
        continue;
      }
      const std::string number = number_of(draft, json::to_text(member.value()));
      const auto parsed = parse_number(number);
      if (parsed && (as_number || member.key() == "source_node")) {
        member.value() = *parsed;
      } else {
        member.value() = number;
      }
    }
  }

  void rewrite(Draft& draft) {
    Cell& next = draft[Column::next_nodes];
    if (const auto number = parse_number(next.text);
        number && numbers_.contains(*number) && numbers_[*number] != *number) {
      next.text = std::to_string(numbers_[*number]);
    } else if (!next.text.empty()) {
      next.text = number_of(draft, next.text);
    }
    Cell& roads = draft[Column::what_next];
    roads.text = pairs(draft, roads.text, '|', '~');
    Cell& inputs = draft[Column::node_input];
    inputs.text = pairs(draft, inputs.text, ',', ':');
    Cell& content = draft[Column::rich_asset_content];
    const auto type = base::trim(draft[Column::rich_asset_type].text);
    if ((type == "button" || type == "buttons") && content.text.contains('~')) {
      content.text = pairs(draft, content.text, '|', '~');
    } else if (content.text.contains("\"dest\"") || content.text.contains("\"source_node\"")) {
      auto parsed = json::parse_object(content.text);
      if (!parsed) return;
      const json::object before = *parsed;
      json::value value = std::move(*parsed);
      destinations(draft, value, type == "quick_reply");
      if (value.get_object() != before) content.text = spaced_json(value);
    }
  }

  Drafts& drafts_;
  Targets targets_;
  std::unordered_map<NodeNumber, NodeNumber> numbers_;
};

void refuse_inexpressible(const Draft& draft, Problems& problems) {
  const YamlNode& yaml = *draft.yaml;
  const auto refuse = [&](std::string what) {
    problems.error({.file = draft.file,
                    .line = draft.line,
                    .position = 1,
                    .code = "not_in_csv",
                    .message = "the CSV format cannot say " + what,
                    .remedy = "keep this flow as YAML",
                    .node = draft.number,
                    .node_id = draft.id});
  };
  switch (yaml.kind) {
    case YamlNode::Kind::plain: break;
    case YamlNode::Kind::branch: refuse("a condition"); return;
    case YamlNode::Kind::set: refuse("an assignment"); return;
    case YamlNode::Kind::call:
    case YamlNode::Kind::ret: refuse("a call of a flow"); return;
    case YamlNode::Kind::pause: refuse("a wait"); return;
  }
  if (yaml.ask) refuse("a typed ask");
  if (!yaml.variants.empty()) refuse("several wordings");
  const bool synonyms =
      std::ranges::any_of(yaml.synonyms, [](const auto& words) { return !words.empty(); });
  if (synonyms && !yaml.ask) refuse("synonyms of a button");
}

std::vector<std::string> columns_of(const Files& files, const Drafts& drafts) {
  for (const auto& [path, text] : files) {
    if (!path.ends_with(".flow.yaml")) continue;
    Problems ignored;
    YamlFile file(path, ignored);
    const auto root = file.parse(text);
    if (!root) continue;
    for (const YamlPair& pair : file.pairs(*root, path)) {
      if (pair.key == "csv_columns") return file.strings(pair);
    }
  }
  std::vector<std::string> columns;
  const bool has_events = std::ranges::any_of(
      drafts.nodes, [](const Draft& draft) { return !draft[Column::event].text.empty(); });
  for (size_t i = 0; i < (has_events ? kColumnCount : kPublishedColumns); ++i) {
    columns.emplace_back(header_of(static_cast<Column>(i)));
  }
  return columns;
}

}  // namespace

Conversion yaml_to_csv(const Files& files) {
  Problems problems;
  Files flows;
  for (const auto& [path, text] : files) {
    if (path.starts_with("flows/")) flows.emplace(path, text);
  }
  Drafts drafts = read_drafts(flows, problems);
  for (const Draft& draft : drafts.nodes) refuse_inexpressible(draft, problems);
  Conversion conversion;
  if (!problems.has_errors()) {
    Numbering(drafts).run();
    const auto columns = columns_of(files, drafts);
    std::vector<std::vector<std::string>> rows{columns};
    for (const Draft& draft : drafts.nodes) {
      auto& row = rows.emplace_back();
      for (const std::string& name : columns) {
        const auto column = column_of(base::trim(name));
        row.push_back(column ? draft[*column].text : std::string());
      }
    }
    conversion.text = write_csv(rows);
  }
  conversion.problems = std::move(problems).take();
  return conversion;
}

}  // namespace millrace::flow
