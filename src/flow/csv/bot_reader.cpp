// templates/bot.csv -> drafts, a piece for each row.
#include <algorithm>

#include "base/text.hpp"
#include "flow/csv/cells.hpp"
#include "flow/language/reading.hpp"

namespace millrace::flow {
namespace {

// "flow.node" where the row has it: the name the node has in YAML.
bool read_id(Draft& draft, Problems& problems) {
  const auto id = base::trim((*draft.cells)[Column::node_id].text);
  if (id.empty()) return true;
  const auto pieces = base::split(id, '.');
  if (pieces.size() < 2 || pieces.front() == Targets::kCsvFlow ||
      !std::ranges::all_of(pieces, is_node_name)) {
    problems.error(problem_in(draft, place_of(draft, Column::node_id), "bad_name",
                              "'" + std::string(id) + "' cannot be a node's id",
                              "write it like main.welcome, or leave it blank"));
    return false;
  }
  draft.id = id;
  draft.flow = pieces.front();
  draft.key = id.substr(draft.flow.size() + 1);
  return true;
}

// One row behind the header, its lines counted from where it begins. Nothing when it has no number
// it could stand under.
std::optional<Draft> read_row(const CsvRow& row, const Header& header, Problems& in_cells,
                              Problems& problems) {
  Draft draft;
  draft.file = kBotFile;
  draft.flow = Targets::kCsvFlow;
  draft.at = {.line = 1, .position = 1};
  draft.cells = std::make_shared<CellRow>();
  for (size_t i = 0; i < kColumnCount; ++i) {
    const int position = header.position[i];
    if (position < 0 || static_cast<size_t>(position) >= row.cells.size()) continue;
    const auto column = static_cast<Column>(i);
    const CsvMark& mark = row.marks[static_cast<size_t>(position)];
    draft.cells->put(column,
                     {row.cells[static_cast<size_t>(position)],
                      {header_of(column), mark.line - row.line + 1, mark.column, mark.length},
                      mark.quoted,
                      true});
  }
  const Cell& written = (*draft.cells)[Column::node_number];
  const auto wrong = [&](std::string message, std::string remedy) {
    problems.error(problem_in(draft, place_of(draft, Column::node_number), "bad_number",
                              std::move(message), std::move(remedy)));
  };
  const auto number = parse_number(written.text);
  if (!number) {
    wrong("Node number is not an integer",
          "'" + std::string(base::trim(written.text)) + "': use a whole number");
    return std::nullopt;
  }
  if (*number == 0 || *number >= kFirstYamlNumber) {
    wrong("'" + std::to_string(*number) + "' cannot be a node number",
          "use a whole number other than 0, below 1000000000");
    return std::nullopt;
  }
  draft.number = *number;
  draft.id = std::to_string(*number);
  if (!read_id(draft, problems)) return std::nullopt;
  read_cells(draft, *draft.cells, in_cells);
  return draft;
}

// The text of each row, from the line it begins on up to the next row's.
class RowTexts {
 public:
  RowTexts(const std::string& text, const std::vector<CsvRow>& rows) : text_(text), rows_(rows) {
    begins_.push_back(0);
    for (size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
      begins_.push_back(at + 1);
    }
  }

  std::string_view of(size_t row) const {
    const size_t begin = begin_of(rows_[row].line);
    const size_t end = row + 1 < rows_.size() ? begin_of(rows_[row + 1].line) : text_.size();
    return std::string_view(text_).substr(begin, end - begin);
  }

 private:
  size_t begin_of(int line) const { return begins_[static_cast<size_t>(line) - 1]; }

  const std::string& text_;
  const std::vector<CsvRow>& rows_;
  std::vector<size_t> begins_;
};

}  // namespace

SourceFile read_bot_file(const std::string& written, const SourceFile* before) {
  const auto changed = with_line_feeds(written);
  const std::string& text = changed ? *changed : written;
  SourceFile file;
  const auto whole_file = [&](std::string code, std::string message, std::string remedy = {}) {
    file.problems.error({.file = std::string(kBotFile),
                         .code = std::move(code),
                         .message = std::move(message),
                         .remedy = std::move(remedy)});
    return std::move(file);
  };
  const auto rows = read_csv(text);
  if (!rows) return whole_file("csv_syntax", rows.error().describe());
  if (rows->empty()) {
    return whole_file("csv_empty", "the file has no rows", "begin with the row of column headers");
  }
  const Header header = bind_header(rows->front(), file.problems);
  if (file.problems.has_errors()) return file;  // every row would complain
  const RowTexts texts(text, *rows);
  // What a row says depends on the header.
  file.head = texts.of(0);
  Pieces known(before != nullptr && before->head == file.head ? before : nullptr);
  for (size_t i = 1; i < rows->size(); ++i) {
    const CsvRow& row = (*rows)[i];
    auto piece = known.take(texts.of(i));
    if (!piece) {
      piece = std::make_shared<Piece>();
      piece->text = texts.of(i);
      auto draft = read_row(row, header, piece->in_cells, piece->problems);
      if (draft) piece->drafts.push_back(std::move(*draft));
      piece->goes_on.assign(piece->drafts.size(), false);
      ++file.pieces_read;
    }
    piece->lines_before = row.line - 1;
    file.pieces.push_back(std::move(piece));
  }
  return file;
}

}  // namespace millrace::flow
