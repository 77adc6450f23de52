#include "flow/yaml/draft_writer.hpp"

#include "flow/notation.hpp"
#include "flow/yaml_text.hpp"

namespace millrace::flow {
namespace {

// Writes the keys of one draft, each on a line of its own at `indent`.
class DraftWriter : DraftLines {
 public:
  DraftWriter(const Draft& draft, size_t indent) : DraftLines(indent), draft_(draft) {}

  // As a node, or an ask of a form, whose variable stands above it and whose next below.
  struct Form {
    bool is_in = false;
    bool is_last = false;
  };
  std::string run(Form form) {
    write_said();
    write_done();
    text("name", draft_.name, Column::node_name);
    text("description", draft_.description, Column::description);
    write_notes();
    if (draft_.kind == Draft::Kind::action) {
      write_action();
    } else if (!form.is_in) {
      names("variable", draft_.variables);
    }
    if (has_asset()) out_ += asset_from_model(draft_, indent_);
    if (draft_.secure.given()) line("secure", draft_.secure.value ? "true" : "false");
    if (draft_.ask) out_ += ask_from_model(draft_, indent_);
    write_led_on(form.is_in && form.is_last);
    write_cells();
    return std::move(out_);
  }

  // What a node does besides what it says, after the keys of that.
  std::string run_second() {
    write_done();
    text("comment", draft_.comment, Column::message);
    if (draft_.event) line("event", yaml_value(json_of(*draft_.event)));
    if (draft_.kind == Draft::Kind::action) {
      write_action();
    } else {
      names("variables", draft_.variables);
    }
    write_led_on(false);
    return std::move(out_);
  }

 private:
  // Whether the value stands in a cell, which is written as it is.
  bool is_cell(Column column) const { return draft_.cells && draft_.cells->has(column); }

  // An asset whose kind is no cell either has its content with it.
  bool has_asset() const { return draft_.asset && !is_cell(Column::rich_asset_type); }

  // What stands in a cell is written there alone.
  void text(std::string_view key, const Text& value, Column column) {
    if (!is_cell(column)) DraftLines::text(key, value);
  }
  void list(std::string_view key, const TextList& all, Column column) {
    if (all.given() && !is_cell(column)) line(key, inlined(all.value));
  }
  void names(std::string_view key, const TextList& all) {
    if (!all.given() || is_cell(Column::variable)) return;
    line(key, all.value.size() == 1 ? scalar(all.value.front()) : inlined(all.value));
  }
  void pairs(std::string_view key, const PairList& list, Column column) {
    if (!list.given() || is_cell(column)) return;
    std::string items;
    for (const PairDraft& pair : list.value) {
      items += (items.empty() ? "" : ", ") +
               yaml_inline(pair.value.value, reads_as_typed(pair.value.value)) + ": " +
               yaml_inline(pair.node.value);
    }
    line(key, "{" + items + "}");
  }
  void object(std::string_view key, const std::optional<Tree>& tree, Column column) {
    if (tree && !is_cell(column)) line(key, yaml_value(json_of(*tree)));
  }

  void write_said() {
    if (draft_.kind != Draft::Kind::dialog || draft_.messages.empty()) return;
    if (is_cell(Column::message)) return;
    texts(draft_.waits.value && !is_cell(Column::answer_required) ? "ask" : "say", draft_.messages);
  }

  void write_done() {
    switch (draft_.kind) {
      case Draft::Kind::action: text("do", draft_.command, Column::command); break;
      case Draft::Kind::branch: write_cases(); break;
      case Draft::Kind::set:
        head("set");
        for (const AssignmentDraft& each : draft_.assignments) {
          out_ += std::string(indent_ + 2, ' ') + each.variable + ": " +
                  yaml_scalar(each.text.value, indent_ + 2) + "\n";
        }
        break;
      case Draft::Kind::call: DraftLines::text("call", draft_.call); break;
      case Draft::Kind::ret: line("return", "true"); break;
      case Draft::Kind::pause: line("wait", duration_in_yaml(draft_.wait_ms)); break;
      case Draft::Kind::dialog:
      case Draft::Kind::unknown: break;
    }
  }

  void write_cases() {
    head("if");
    for (const CaseDraft& each : draft_.cases) {
      item("{when: " + yaml_inline(each.condition.value.source()) +
           ", to: " + yaml_inline(each.node.value) + "}");
    }
    item("{else: " + yaml_inline(draft_.otherwise.value) + "}");
  }

  void write_notes() {
    text("comment", draft_.comment, Column::message);
    text("intent", draft_.intent, Column::intent);
    text("entity", draft_.entity, Column::entity);
    text("entity_type", draft_.entity_type, Column::entity_type);
    if (draft_.nlu_disabled.given() && !is_cell(Column::nlu_disabled)) {
      line("nlu", draft_.nlu_disabled.value ? "false" : "true");
    }
    if (draft_.nlu_threshold.given()) {
      line("nlu_threshold", json::to_text(draft_.nlu_threshold.value / 1'000.0));
    }
    list("behaviours", draft_.behaviours, Column::behaviors);
    text("css", draft_.css, Column::css_classname);
    list("tags", draft_.tags, Column::node_tags);
    text("skill", draft_.skill, Column::skill_tag);
    text("platform", draft_.platform, Column::platform_flag);
    list("flows", draft_.flows, Column::flows);
    object("event", draft_.event, Column::event);
    text("was", draft_.was, Column::was);
  }

  void write_action() {
    names("variables", draft_.variables);
    object("with", draft_.payload, Column::parameter_input);
    pairs("inputs", draft_.inputs, Column::node_input);
    list("outputs", draft_.outputs, Column::output);
    text("decide", draft_.decide, Column::decision_variable);
  }

  void write_led_on(bool said_of_form) {
    pairs("on", draft_.roads, Column::what_next);
    if (!said_of_form) text("next", draft_.next, Column::next_nodes);
    if (draft_.ends) line("end", "true");
  }

  void write_cells() {
    std::string cells;
    for (size_t i = 0; draft_.cells && i < kColumnCount; ++i) {
      const auto column = static_cast<Column>(i);
      if (!is_cell(column) || (column == Column::rich_asset_content && has_asset())) continue;
      cells += std::string(indent_ + 2, ' ') + yaml_inline(header_of(column)) + ": " +
               yaml_scalar((*draft_.cells)[column].text, indent_ + 2, true) + "\n";
    }
    if (cells.empty()) return;
    head("cells");
    out_ += cells;
  }

  const Draft& draft_;
};

constexpr size_t kKeys = 4;      // of a node
constexpr size_t kFormKeys = 8;  // of an ask of a form

}  // namespace

std::string entry_from_model(const Piece& piece) {
  std::string out = "  " + yaml_inline(piece.key) + ":\n";
  const bool is_form = !piece.drafts.empty() && piece.drafts.front().variables.at.key == "form";
  if (!is_form) {
    out += DraftWriter(piece.drafts.front(), kKeys).run({});
    if (piece.drafts.size() > 1) out += DraftWriter(piece.drafts.back(), kKeys).run_second();
    return out;
  }
  out += "    form:\n";
  for (const Draft& ask : piece.drafts) {
    const bool is_last = &ask == &piece.drafts.back();
    out += "      - " + ask.variables.value.front().value + ":\n" +
           DraftWriter(ask, kFormKeys + 2).run({true, is_last});
  }
  const Text& next = piece.drafts.back().next;
  if (next.given()) out += "    next: " + yaml_inline(next.value) + "\n";
  return out;
}

std::optional<std::string> flow_from_model(const std::string& path, const std::string& text) {
  const SourceFile file = read_flow_file(path, text, nullptr);
  Problems problems;
  problems.add(file.problems, 0);
  for (const auto& piece : file.pieces) problems.add(piece->problems, piece->lines_before);
  if (problems.has_errors()) return std::nullopt;
  std::string out = "nodes:\n";
  for (const auto& piece : file.pieces) {
    out += (piece == file.pieces.front() ? "" : "\n") + entry_from_model(*piece);
  }
  auto laid_out = format_yaml(out);
  MILLRACE_CHECK(laid_out.has_value());  // what is written here is plain YAML
  return std::move(*laid_out);
}

}  // namespace millrace::flow
