#include <algorithm>

#include "base/text.hpp"
#include "flow/cells.hpp"
#include "flow/convert.hpp"
#include "flow/notation.hpp"
#include "flow/yaml_node.hpp"
#include "flow/yaml_text.hpp"

namespace millrace::flow {
namespace {

constexpr size_t kIndent = 4;  // of a node's keys

// Writes one row as a node. Each cell is written in the way that reads best and gives it back
// exactly; what no way gives back stands under `cells`.
class NodeWriter {
 public:
  NodeWriter(const Draft& draft, std::string next_number)
      : draft_(draft), next_number_(std::move(next_number)) {}

  std::string run() {
    while (true) {
      write();
      const Draft again = read_back();
      bool same = true;
      for (size_t i = 0; i < kColumnCount; ++i) {
        const auto column = static_cast<Column>(i);
        if (column == Column::node_number || again[column].text == draft_[column].text) continue;
        same = false;
        if (!raw_.insert(column).second) return out_;  // cannot be: raw cells come back as they are
      }
      if (same) return out_;
    }
  }

 private:
  std::string_view cell(Column column) const { return draft_[column].text; }
  bool has(Column column) const { return !draft_[column].text.empty() && !raw_.contains(column); }

  void line(std::string_view key, const std::string& value) {
    out_ += std::string(kIndent, ' ') + std::string(key) + ": " + value + "\n";
  }
  void text(std::string_view key, Column column) {
    if (has(column)) line(key, yaml_scalar(cell(column), kIndent));
  }
  void list(std::string_view key, Column column) {
    if (!has(column)) return;
    std::string items;
    for (const std::string_view item : base::split(cell(column), ',')) {
      items += (items.empty() ? "" : ", ") + yaml_inline(item);
    }
    line(key, "[" + items + "]");
  }

  std::string key_of_node() const {
    const std::string_view number = cell(Column::node_number);
    return std::string(number);
  }

  void write() {
    out_ = "  " + yaml_inline(std::to_string(draft_.number)) + ":\n";
    falls_through_ = false;
    text("name", Column::node_name);
    const bool is_action = cell(Column::node_type) == "A";
    if (is_action && !raw_.contains(Column::node_type)) {
      write_action();
    } else {
      write_dialog();
    }
    text("intent", Column::intent);
    text("entity_type", Column::entity_type);
    text("entity", Column::entity);
    list("tags", Column::node_tags);
    text("skill", Column::skill_tag);
    text("platform", Column::platform_flag);
    list("flows", Column::flows);
    text("css", Column::css_classname);
    object("event", Column::event);
    text("description", Column::description);
    write_cells();
  }

  void object(std::string_view key, Column column) {
    if (!has(column)) return;
    const auto parsed = json::parse_object(cell(column));
    if (parsed && spaced_json(*parsed) == cell(column)) {
      line(key, yaml_value(*parsed));
    } else {
      line(key, yaml_scalar(cell(column), kIndent, true));
    }
  }

  static std::string yaml_value(const json::value& value) {
    if (const auto* object = value.if_object()) {
      std::string out = "{";
      for (const auto& member : *object) {
        out += (out.size() > 1 ? ", " : "") + yaml_inline(member.key()) + ": " +
               yaml_value(member.value());
      }
      return out + "}";
    }
    if (const auto* array = value.if_array()) {
      std::string out = "[";
      for (const json::value& item : *array) {
        out += (out.size() > 1 ? ", " : "") + yaml_value(item);
      }
      return out + "]";
    }
    if (const auto* text = value.if_string()) {
      return yaml_inline(*text, reads_as_typed(std::string_view(*text)));
    }
    return json::serialize(value);
  }

  void write_action() {
    line("do", yaml_scalar(cell(Column::command), kIndent));
    text("comment", Column::message);
    object("with", Column::parameter_input);
    pairs("inputs", Column::node_input, ',', ':');
    list("outputs", Column::output);
    text("decide", Column::decision_variable);
    pairs("on", Column::what_next, '|', '~');
    list("variables", Column::variable);
    text("next", Column::next_nodes);
  }

  // "a~1|b~2" as {a: 1, b: 2}.
  void pairs(std::string_view key, Column column, char between, char within) {
    if (!has(column)) return;
    std::string items;
    for (const std::string_view item : base::split(cell(column), between)) {
      const auto at = item.rfind(within);
      if (at == std::string_view::npos) {
        line(key, yaml_scalar(cell(column), kIndent, true));
        return;
      }
      items += (items.empty() ? "" : ", ") +
               yaml_inline(item.substr(0, at), reads_as_typed(item.substr(0, at))) + ": " +
               yaml_inline(item.substr(at + 1));
    }
    line(key, "{" + items + "}");
  }

  void write_dialog() {
    const bool waits =
        cell(Column::answer_required) == "1" && !raw_.contains(Column::answer_required);
    const bool shows = has(Column::message);
    line(waits ? "ask" : "say", shows ? yaml_scalar(cell(Column::message), kIndent) : "''");
    text("variable", Column::variable);
    write_asset();
    list("behaviours", Column::behaviors);
    pairs("on", Column::what_next, '|', '~');
    if (cell(Column::nlu_disabled) == "1" && has(Column::nlu_disabled)) line("nlu", "false");
    const std::string_view next = cell(Column::next_nodes);
    if (next.empty()) {
      // Read back first: only what would go on by itself has to say that it ends.
      const Draft plain = read_back();
      if (falls_through_) line("end", "true");
    } else if (next != next_number_ || !goes_on()) {
      text("next", Column::next_nodes);
    }
  }

  bool goes_on() {
    read_back();
    return falls_through_;
  }

  void write_asset() {
    const bool is_button = cell(Column::rich_asset_type) == "button";
    if (!has(Column::rich_asset_type) || raw_.contains(Column::rich_asset_content)) return;
    if (is_button && cell(Column::rich_asset_content).contains('~')) {
      write_buttons();
      return;
    }
    const auto parsed = json::parse_object(cell(Column::rich_asset_content));
    const std::string kind = yaml_inline(cell(Column::rich_asset_type));
    if (!parsed || spaced_json(*parsed) != cell(Column::rich_asset_content)) {
      out_ += "    asset:\n      kind: " + kind + "\n      content: " +
              yaml_scalar(cell(Column::rich_asset_content), kIndent + 2, true) + "\n";
      return;
    }
    out_ += "    asset:\n      kind: " + kind + "\n";
    for (const auto& member : *parsed) {
      out_ += "      " + yaml_inline(member.key()) + ":";
      const auto* items = member.value().if_array();
      if (items == nullptr || items->empty()) {
        out_ += " " + yaml_value(member.value()) + "\n";
        continue;
      }
      out_ += "\n";
      for (const json::value& item : *items) out_ += "        - " + yaml_value(item) + "\n";
    }
  }

  void write_buttons() {
    std::string items;
    for (const std::string_view item : base::split(cell(Column::rich_asset_content), '|')) {
      const auto at = item.rfind('~');
      if (at == std::string_view::npos) {
        line("buttons", yaml_scalar(cell(Column::rich_asset_content), kIndent, true));
        return;
      }
      std::string_view label = item.substr(0, at);
      const auto close = label.find(">> ");
      const std::string to = yaml_inline(item.substr(at + 1));
      if (label.starts_with("<<") && close != std::string_view::npos) {
        items += "      - {label: " + yaml_inline(label.substr(close + 3)) + ", to: " + to +
                 ", icon: " + yaml_inline(label.substr(2, close - 2)) + "}\n";
      } else {
        items += "      - {" + yaml_inline(label, label == "label") + ": " + to + "}\n";
      }
    }
    out_ += "    buttons:\n" + items;
  }

  void write_cells() {
    if (raw_.empty()) return;
    out_ += "    cells:\n";
    for (const Column column : raw_) {
      out_ += "      " + yaml_inline(header_of(column)) + ": " +
              yaml_scalar(cell(column), kIndent + 2, true) + "\n";
    }
  }

  Draft read_back() {
    Problems ignored;
    YamlFile file("", ignored);
    Draft draft;
    draft.number = draft_.number;
    draft.yaml = std::make_shared<YamlNode>();
    const auto root = file.parse(out_);
    if (!root || !root->IsMap()) return draft;
    NodeReader reader(file, draft);
    reader.read(root->begin()->second, "");
    falls_through_ = reader.falls_through();
    if (falls_through_ && draft[Column::next_nodes].text.empty()) {
      draft[Column::next_nodes].text = next_number_;
    }
    return draft;
  }

  const Draft& draft_;
  std::string next_number_;
  std::set<Column> raw_;
  std::string out_;
  bool falls_through_ = false;
};

// The header, where it is not the published one.
std::string columns_line(const std::vector<std::string>& header) {
  bool published = header.size() == kPublishedColumns;
  for (size_t i = 0; published && i < header.size(); ++i) {
    published = header[i] == header_of(static_cast<Column>(i));
  }
  if (published) return "";
  std::string out = "csv_columns:\n";
  for (const std::string& name : header) out += "  - " + yaml_inline(name) + "\n";
  return out + "\n";
}

}  // namespace

Conversion csv_to_yaml(const std::string& csv) {
  Problems problems;
  Drafts drafts;
  read_csv_drafts(csv, drafts, problems);
  Conversion conversion;
  if (!problems.has_errors()) {
    std::string out = columns_line(read_csv(csv)->front().cells) + "nodes:\n";
    for (size_t i = 0; i < drafts.nodes.size(); ++i) {
      const bool last = i + 1 == drafts.nodes.size();
      const Draft& draft = drafts.nodes[i];
      std::string text =
          NodeWriter(draft, last ? std::string() : std::to_string(drafts.nodes[i + 1].number))
              .run();
      // The number as it was written, where it was not written plainly.
      if (draft[Column::node_number].text != std::to_string(draft.number)) {
        const bool has_cells = text.contains("\n    cells:\n");
        if (!has_cells) text += "    cells:\n";
        text +=
            "      Node Number: " + yaml_scalar(draft[Column::node_number].text, 6, true) + "\n";
      }
      out += (i == 0 ? "" : "\n") + text;
    }
    if (drafts.nodes.empty()) out = columns_line(read_csv(csv)->front().cells) + "nodes: {}\n";
    const auto laid_out = format_yaml(out);
    MILLRACE_CHECK(laid_out.has_value());  // what is written here is plain YAML
    conversion.text = *laid_out;
  }
  conversion.problems = std::move(problems).take();
  return conversion;
}

}  // namespace millrace::flow
