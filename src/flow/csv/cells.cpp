#include "flow/csv/cells.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::flow {
namespace {

using base::trim;

class CellReader {
 public:
  CellReader(Draft& draft, const CellRow& row, Problems& problems)
      : draft_(draft), row_(row), problems_(problems) {}

  void read() {
    read_kind();
    const std::pair<Column, Text*> plain[] = {
        {Column::node_name, &draft_.name},          {Column::intent, &draft_.intent},
        {Column::entity_type, &draft_.entity_type}, {Column::entity, &draft_.entity},
        {Column::platform_flag, &draft_.platform},  {Column::description, &draft_.description},
        {Column::skill_tag, &draft_.skill},         {Column::css_classname, &draft_.css},
        {Column::command, &draft_.command},         {Column::decision_variable, &draft_.decide},
        {Column::next_nodes, &draft_.next},         {Column::was, &draft_.was}};
    for (const auto& [column, text] : plain) {
      if (says(column)) *text = whole(column);
    }
    const std::pair<Column, TextList*> lists[] = {{Column::node_tags, &draft_.tags},
                                                  {Column::flows, &draft_.flows},
                                                  {Column::behaviors, &draft_.behaviours},
                                                  {Column::output, &draft_.outputs},
                                                  {Column::variable, &draft_.variables}};
    for (const auto& [column, list] : lists) {
      if (says(column)) *list = list_in(column);
    }
    if (says(Column::message)) read_message();
    if (says(Column::nlu_disabled)) draft_.nlu_disabled = flag_in(Column::nlu_disabled);
    if (says(Column::answer_required)) draft_.waits = flag_in(Column::answer_required);
    if (says(Column::what_next)) draft_.roads = roads();
    if (says(Column::node_input)) draft_.inputs = inputs();
    if (says(Column::parameter_input)) draft_.payload = object_in(Column::parameter_input);
    if (says(Column::event)) draft_.event = object_in(Column::event);
    read_asset();
  }

 private:
  bool says(Column column) const { return row_.has(column) && !trim(row_[column].text).empty(); }
  Text whole(Column column) const { return {row_[column].text, row_[column].at}; }

  void error(const Place& at, std::string code, std::string message, std::string remedy = {}) {
    problems_.error(problem_in(draft_, at, std::move(code), std::move(message), std::move(remedy)));
  }

  void read_kind() {
    if (!row_.has(Column::node_type)) {
      if (draft_.kind == Draft::Kind::unknown && !draft_.is_yaml) complain_of_type();
      return;
    }
    const auto type = trim(row_[Column::node_type].text);
    draft_.kind = type == "D"   ? Draft::Kind::dialog
                  : type == "A" ? Draft::Kind::action
                                : Draft::Kind::unknown;
    if (draft_.kind == Draft::Kind::unknown) complain_of_type();
  }

  void complain_of_type() {
    error(place_of(draft_, Column::node_type,
                   row_.has(Column::node_type) ? row_[Column::node_type].at : Place{}),
          "bad_type",
          "'" + std::string(trim(row_[Column::node_type].text)) + "' is not a node type",
          "write D for dialog or A for action");
  }

  // A message is said by a dialog; beside a command it is a comment.
  void read_message() {
    if (draft_.kind == Draft::Kind::action) {
      draft_.comment = whole(Column::message);
    } else {
      draft_.messages = {whole(Column::message)};
    }
  }

  Sourced<bool> flag_in(Column column) {
    const Cell& cell = row_[column];
    const auto text = trim(cell.text);
    if (text == "0" || base::equals_ignoring_case(text, "false")) return {false, cell.at};
    if (text == "1" || base::equals_ignoring_case(text, "true")) return {true, cell.at};
    error(cell.at, "bad_flag", "'" + std::string(text) + "' is neither 1 nor blank",
          "write 1, or leave it blank");
    return {false, cell.at};
  }

  // Calls `use` with each piece between separators, white space included.
  template <typename Use>
  void pieces(const Cell& cell, char separator, Use use) {
    size_t at = 0;
    for (const std::string_view piece : base::split(cell.text, separator)) {
      use(piece, at);
      at += piece.size() + 1;
    }
  }

  static Text part(const Cell& cell, std::string_view text, size_t offset) {
    const auto trimmed = trim(text);
    const size_t blanks = trimmed.empty() ? 0 : static_cast<size_t>(trimmed.data() - text.data());
    return {std::string(text), place_in(cell, offset + blanks, trimmed.size())};
  }

  TextList list_in(Column column) {
    const Cell& cell = row_[column];
    TextList list{{}, cell.at};
    pieces(cell, ',',
           [&](std::string_view piece, size_t at) { list.value.push_back(part(cell, piece, at)); });
    return list;
  }

  // "value~node|value~node", a line break allowed behind '|'.
  PairList roads() {
    const Cell& cell = row_[Column::what_next];
    return pairs_in(draft_, cell, problems_);
  }

  PairList inputs() {
    const Cell& cell = row_[Column::node_input];
    PairList list{{}, cell.at};
    pieces(cell, ',', [&](std::string_view piece, size_t at) {
      if (trim(piece).empty()) return;
      const auto colon = piece.find(':');
      if (colon == std::string_view::npos || trim(piece.substr(0, colon)).empty()) {
        error(part(cell, piece, at).at, "bad_node_input",
              "'" + std::string(trim(piece)) + "' is not key:node", "write payloadKey:nodeNumber");
        return;
      }
      list.value.push_back({part(cell, piece.substr(0, colon), at),
                            part(cell, piece.substr(colon + 1), at + colon + 1)});
    });
    return list;
  }

  std::optional<Tree> object_in(Column column) {
    const Cell& cell = row_[column];
    const auto parsed = json::parse_object(trim(cell.text));
    if (parsed) return tree_of(json::value(*parsed), cell.at);
    const bool is_event = column == Column::event;
    error(cell.at, "bad_json", "JSON input error",
          parsed.error().message + (is_event ? "" : "; write a JSON object, with double quotes"));
    return std::nullopt;
  }

  void read_asset() {
    const bool has_content = says(Column::rich_asset_content);
    if (says(Column::rich_asset_type)) {
      draft_.asset.emplace();
      draft_.asset->kind = whole(Column::rich_asset_type);
    } else if (has_content && !draft_.asset) {
      error(
          place_of(draft_, Column::rich_asset_type,
                   row_.has(Column::rich_asset_type) ? row_[Column::rich_asset_type].at : Place{}),
          "asset_type_missing", "there is content but no rich asset type", "write button");
      return;
    } else if (!has_content) {
      return;
    }
    Cell none;
    none.at = row_.has(Column::rich_asset_content) ? row_[Column::rich_asset_content].at
                                                   : draft_.asset->kind.at;
    read_asset_text(draft_, has_content ? row_[Column::rich_asset_content] : none, problems_);
  }

  Draft& draft_;
  const CellRow& row_;
  Problems& problems_;
};

}  // namespace

Place place_in(const Cell& cell, size_t offset, size_t length) {
  Place at = cell.at;
  if (!cell.in_csv) return at;
  const auto before = std::string_view(cell.text).substr(0, offset);
  const auto line_end = before.rfind('\n');
  const auto on_line = line_end == std::string_view::npos ? before : before.substr(line_end + 1);
  const auto within = std::string_view(cell.text).substr(offset, length);
  const auto bytes_of = [&](std::string_view text) {
    const auto quotes = cell.quoted ? std::ranges::count(text, '"') : 0;  // doubled in the file
    return static_cast<int>(text.size()) + static_cast<int>(quotes);
  };
  at.line += static_cast<int>(std::ranges::count(before, '\n'));
  at.position = (line_end == std::string_view::npos ? at.position + (cell.quoted ? 1 : 0) : 1) +
                bytes_of(on_line);
  at.length = bytes_of(within.substr(0, within.find('\n')));
  return at;
}

PairList pairs_in(const Draft& draft, const Cell& cell, Problems& problems) {
  PairList list{{}, cell.at};
  size_t begin = 0;
  for (const std::string_view piece : base::split(cell.text, '|')) {
    const size_t offset = begin;
    begin += piece.size() + 1;
    const auto text = trim(piece);
    if (text.empty()) continue;
    const auto blanks = static_cast<size_t>(text.data() - piece.data());
    const auto tilde = piece.rfind('~');
    if (tilde == std::string_view::npos) {
      problems.error(problem_in(draft, place_in(cell, offset + blanks, text.size()), "bad_pair",
                                "'" + std::string(text) + "' does not say which node follows",
                                cell.in_csv || column_of(cell.at.key)
                                    ? "write it as value~node"
                                    : "write it as a map, {value: node}"));
      continue;
    }
    const auto node = trim(piece.substr(tilde + 1));
    const size_t node_at =
        node.empty() ? tilde + 1 : static_cast<size_t>(node.data() - piece.data());
    list.value.push_back(
        {{std::string(piece.substr(0, tilde)),
          place_in(cell, offset + blanks, tilde > blanks ? tilde - blanks : 0)},
         {std::string(piece.substr(tilde + 1)), place_in(cell, offset + node_at, node.size())}});
  }
  return list;
}

void read_cells(Draft& draft, const CellRow& row, Problems& problems) {
  CellReader(draft, row, problems).read();
}

}  // namespace millrace::flow
