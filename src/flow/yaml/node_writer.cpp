#include "flow/yaml/node_writer.hpp"

#include <set>

#include "base/text.hpp"
#include "flow/csv/cells.hpp"
#include "flow/notation.hpp"
#include "flow/yaml/asset_writer.hpp"
#include "flow/yaml/yaml_node.hpp"
#include "flow/yaml_text.hpp"

namespace millrace::flow {
namespace {

constexpr size_t kIndent = 4;  // of a node's keys

// Writes one row as a node. Each cell is written in the way that reads best and gives it back
// exactly; what no way gives back stands as it is, under its own key or under `cells`.
class NodeWriter {
 public:
  NodeWriter(const Draft& draft, std::string next_number, const Names& names)
      : draft_(draft),
        next_number_(std::move(next_number)),
        names_(names),
        form_(names.form_of(draft)) {}

  WrittenNode run() {
    while (true) {
      write();
      const auto again = read_back();
      bool same = true;
      for (size_t i = 0; i < kColumnCount; ++i) {
        const auto column = static_cast<Column>(i);
        if (column == Column::node_number || column == Column::node_id) continue;
        if (again[i] == cell(column)) continue;
        same = false;
        if (!raw_.insert(column).second)
          return written();  // cannot be: raw cells come back as they are
      }
      if (same) return written();
    }
  }

 private:
  WrittenNode written() {
    return {comment(), "  " + yaml_inline(names_.key_of(draft_)) + ":\n", std::move(out_), next_};
  }

  std::string comment() const {
    std::string out;
    if (!is_commented()) return out;
    for (const auto line : base::split(cell(Column::description), '\n')) {
      out += std::string(line) + "\n";
    }
    return out;
  }

  std::string_view cell(Column column) const { return (*draft_.cells)[column].text; }
  bool has(Column column) const { return !cell(column).empty() && !raw_.contains(column); }

  void line(std::string_view key, const std::string& value) {
    out_ += std::string(kIndent, ' ') + std::string(key) + ": " + value + "\n";
  }
  void text(std::string_view key, Column column) {
    if (has(column)) line(key, yaml_scalar(cell(column), kIndent));
  }
  void list(std::string_view key, Column column, const TextList& list) {
    if (!has(column)) return;
    std::string items;
    for (const Text& item : list.value) {
      items += (items.empty() ? "" : ", ") + yaml_inline(item.value);
    }
    line(key, "[" + items + "]");
  }
  // A key that takes the text of its cell where nothing else gives it back.
  bool as_cell(std::string_view key, Column column) {
    if (!raw_.contains(column)) return false;
    line(key, yaml_scalar(cell(column), kIndent, true));
    written_.insert(column);
    return true;
  }

  bool is_commented() const { return is_comment(cell(Column::description)); }

  void write() {
    out_.clear();
    written_.clear();
    next_.clear();
    falls_through_ = false;
    text("name", Column::node_name);
    if (cell(Column::node_type) == "A" && !raw_.contains(Column::node_type)) {
      write_action();
    } else {
      write_dialog();
    }
    text("intent", Column::intent);
    text("entity_type", Column::entity_type);
    text("entity", Column::entity);
    list("tags", Column::node_tags, draft_.tags);
    text("skill", Column::skill_tag);
    text("platform", Column::platform_flag);
    list("flows", Column::flows, draft_.flows);
    text("css", Column::css_classname);
    object("event", Column::event, draft_.event);
    if (!is_commented()) text("description", Column::description);
    write_was();
    write_cells();
  }

  // A key cannot hold a dot, so what was a form's ask has a new name.
  void write_was() {
    if (has(Column::was)) {
      text("was", Column::was);
    } else if (form_ == nullptr && draft_.key.contains('.')) {
      line("was", yaml_inline(draft_.id));
    }
  }

  void object(std::string_view key, Column column, const std::optional<Tree>& tree) {
    if (as_cell(key, column) || !has(column)) return;
    if (tree && spaced_json(json_of(*tree)) == cell(column)) {
      line(key, yaml_value(json_of(*tree)));
    } else {
      line(key, yaml_scalar(cell(column), kIndent, true));
    }
  }

  std::string node_name(const Text& node) const {
    return yaml_inline(names_.name_of(draft_.flow, node.value));
  }

  // Values and nodes as a map.
  void pairs(std::string_view key, Column column, const PairList& list) {
    if (as_cell(key, column) || !has(column)) return;
    std::string items;
    for (const PairDraft& pair : list.value) {
      items += (items.empty() ? "" : ", ") +
               yaml_inline(pair.value.value, reads_as_typed(pair.value.value)) + ": " +
               node_name(pair.node);
    }
    line(key, "{" + items + "}");
  }

  void write_action() {
    line("do", yaml_scalar(cell(Column::command), kIndent));
    text("comment", Column::message);
    object("with", Column::parameter_input, draft_.payload);
    pairs("inputs", Column::node_input, draft_.inputs);
    list("outputs", Column::output, draft_.outputs);
    text("decide", Column::decision_variable);
    pairs("on", Column::what_next, draft_.roads);
    list("variables", Column::variable, draft_.variables);
    write_next();
  }

  void write_next() {
    if (!has(Column::next_nodes)) return;
    const std::string next = names_.name_of(draft_.flow, draft_.next.value);
    if (form_ != nullptr && form_->is_last) {
      next_ = next;  // it is said of the form
    } else {
      line("next", yaml_scalar(next, kIndent));
    }
  }

  void write_dialog() {
    const bool waits =
        cell(Column::answer_required) == "1" && !raw_.contains(Column::answer_required);
    const bool shows = has(Column::message);
    line(waits ? "ask" : "say", shows ? yaml_scalar(cell(Column::message), kIndent) : "''");
    if (draft_.variables.value.size() > 1) {
      list("variables", Column::variable, draft_.variables);
    } else if (form_ == nullptr || raw_.contains(Column::variable)) {
      text("variable", Column::variable);
    }
    write_asset();
    list("behaviours", Column::behaviors, draft_.behaviours);
    pairs("on", Column::what_next, draft_.roads);
    if (cell(Column::nlu_disabled) == "1" && has(Column::nlu_disabled)) line("nlu", "false");
    const std::string_view next = cell(Column::next_nodes);
    read_back();  // only what would go on by itself has to say that it ends
    if (next.empty()) {
      const bool hands_over = base::trim(cell(Column::behaviors)).contains("xfer_to_agent");
      if (falls_through_ || hands_over) line("end", "true");
    } else if (next != next_number_ || !falls_through_) {
      write_next();
    }
  }

  void write_asset() {
    if (!has(Column::rich_asset_type)) return;
    const AssetDraft* asset = draft_.asset ? &*draft_.asset : nullptr;
    const bool is_button = cell(Column::rich_asset_type) == "button";
    if (is_button && as_cell("buttons", Column::rich_asset_content)) return;
    if (raw_.contains(Column::rich_asset_content)) return;
    if (is_button && asset != nullptr && !asset->fields && !asset->options.empty()) {
      out_ += buttons_yaml(asset->options, draft_.flow, names_);
      return;
    }
    const std::string kind = yaml_inline(cell(Column::rich_asset_type));
    const bool as_fields = asset != nullptr && asset->fields &&
                           spaced_json(json_of(*asset->fields)) == cell(Column::rich_asset_content);
    out_ += "    asset:\n      kind: " + kind + "\n";
    if (as_fields) {
      out_ += fields_yaml(*asset->fields, draft_.flow, names_);
    } else {
      out_ += "      content: " + yaml_scalar(cell(Column::rich_asset_content), kIndent + 2, true) +
              "\n";
    }
  }

  void write_cells() {
    std::string cells;
    for (const Column column : raw_) {
      if (written_.contains(column)) continue;
      cells += "      " + yaml_inline(header_of(column)) + ": " +
               yaml_scalar(cell(column), kIndent + 2, true) + "\n";
    }
    // The number as it was written, where it was not written plainly.
    const auto number = cell(Column::node_number);
    if (draft_.key.empty() && number != std::to_string(draft_.number)) {
      cells += "      Node Number: " + yaml_scalar(number, kIndent + 2, true) + "\n";
    }
    if (!cells.empty()) out_ += "    cells:\n" + cells;
  }

  // The cells that what is written so far says.
  std::array<std::string, kColumnCount> read_back() {
    Problems ignored;
    YamlFile file("", ignored);
    Draft draft;
    draft.number = draft_.number;
    draft.flow = draft_.flow;
    draft.is_yaml = true;
    const NumberOf number_of = [this](const std::string& node) {
      return names_.number_of(draft_.flow, node);
    };
    if (form_ != nullptr)
      draft.variables = {{{form_->variable, {"form", 1, 1, 0}}}, {"form", 1, 1, 0}};
    const auto root = file.parse(out_);
    if (root && root->IsMap()) {
      NodeReader reader(file, draft, ignored);
      reader.read(*root, "");
      falls_through_ = reader.falls_through();
      if (!next_.empty()) {
        draft.next = {next_, {"next", 1, 1, 0}};
      } else if (falls_through_) {
        draft.next = {next_number_, {"next", 1, 1, 0}};
      }
    }
    if (is_commented()) draft.description.value = cell(Column::description);
    if (cell(Column::was).empty() && form_ == nullptr && draft_.key.contains('.')) draft.was = {};
    return cells_of(draft, number_of);
  }

  const Draft& draft_;
  std::string next_number_;
  const Names& names_;
  const FormPlace* form_;  // nullptr when it is a node of its own
  std::set<Column> raw_;
  std::set<Column> written_;  // of those, under their own keys
  std::string out_;           // the keys of the node
  std::string next_;          // of the last ask of a form
  bool falls_through_ = false;
};

}  // namespace

WrittenNode write_node(const Draft& draft, const std::string& next_number, const Names& names) {
  return NodeWriter(draft, next_number, names).run();
}

}  // namespace millrace::flow
