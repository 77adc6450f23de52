#include "flow/language/draft.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "flow/csv/cells.hpp"

namespace millrace::flow {
namespace {

constexpr std::string_view kFlowsFolder = "flows/";
constexpr std::string_view kFlowEnding = ".flow.yaml";

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

// One row behind the header. Nothing when it has no number it could stand under.
std::optional<Draft> read_row(const CsvRow& row, const Header& header, Problems& in_cells,
                              Problems& problems) {
  Draft draft;
  draft.file = kBotFile;
  draft.flow = Targets::kCsvFlow;
  draft.at = {.line = row.line, .position = 1};
  draft.cells = std::make_shared<CellRow>();
  for (size_t i = 0; i < kColumnCount; ++i) {
    const int position = header.position[i];
    if (position < 0 || static_cast<size_t>(position) >= row.cells.size()) continue;
    const auto column = static_cast<Column>(i);
    const CsvMark& mark = row.marks[static_cast<size_t>(position)];
    draft.cells->put(column, {row.cells[static_cast<size_t>(position)],
                              {header_of(column), mark.line, mark.column, mark.length},
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

}  // namespace

std::optional<NodeNumber> parse_number(std::string_view text) {
  text = base::trim(text);
  if (text.starts_with('\'')) text.remove_prefix(1);
  NodeNumber number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Targets::Targets(const std::vector<Draft>& drafts) {
  for (const Draft& draft : drafts) {
    numbers_.insert(draft.number);
    add(draft.id, draft.number);
    if (draft.flow != kCsvFlow) {
      add(draft.flow + "." + draft.id, draft.number);  // "flow.10" for a node with a number
      add(draft.flow, draft.number);                   // the first one wins
    }
  }
}

std::optional<NodeNumber> Targets::find(std::string_view flow, std::string_view text) const {
  text = base::trim(text);
  if (const auto number = parse_number(text)) return number;
  if (flow == kCsvFlow) return std::nullopt;  // only numbers name nodes there
  const auto within = ids_.find(std::string(flow) + "." + std::string(text));
  if (within != ids_.end()) return within->second;
  const auto anywhere = ids_.find(std::string(text));
  if (anywhere != ids_.end()) return anywhere->second;
  return std::nullopt;
}

std::vector<std::string> Targets::names(std::string_view flow) const {
  std::vector<std::string> out;
  const std::string prefix = std::string(flow) + ".";
  for (const auto& [id, number] : ids_) {
    out.push_back(id.starts_with(prefix) ? id.substr(prefix.size()) : id);
  }
  std::ranges::sort(out);
  return out;
}

Targets targets_of(const Drafts& drafts) {
  Targets targets(drafts.nodes);
  for (const auto& [name, number] : drafts.names) targets.add(name, number);
  return targets;
}

Problem problem_in(const Draft& draft, const Place& at, std::string code, std::string message,
                   std::string remedy) {
  const bool given = at.given();
  return {.file = draft.file,
          .line = given ? at.line : draft.at.line,
          .position = given ? at.position : draft.at.position,
          .length = given ? at.length : draft.at.length,
          .column = std::string(at.key),
          .code = std::move(code),
          .message = std::move(message),
          .remedy = std::move(remedy),
          .node = draft.number,
          .node_id = draft.id};
}

Place place_of(const Draft& draft, Column column, const Place& written) {
  if (written.given()) return written;
  if (draft.cells && draft.cells->has(column)) return (*draft.cells)[column].at;
  Place at = draft.at;
  at.key = draft.is_yaml ? key_of(column) : header_of(column);
  return at;
}

void read_csv_drafts(const std::string& text, Drafts& drafts, Problems& problems) {
  const auto whole_file = [&](std::string code, std::string message, std::string remedy = {}) {
    problems.error({.file = std::string(kBotFile),
                    .code = std::move(code),
                    .message = std::move(message),
                    .remedy = std::move(remedy)});
  };
  const auto rows = read_csv(text);
  if (!rows) {
    whole_file("csv_syntax", rows.error().describe());
    return;
  }
  if (rows->empty()) {
    whole_file("csv_empty", "the file has no rows", "begin with the row of column headers");
    return;
  }
  const bool sound_before = !problems.has_errors();
  const Header header = bind_header(rows->front(), problems);
  if (sound_before && problems.has_errors()) return;  // every row would complain
  for (size_t i = 1; i < rows->size(); ++i) {
    if (auto draft = read_row((*rows)[i], header, drafts.in_cells, problems)) {
      drafts.nodes.push_back(std::move(*draft));
    }
  }
}

Drafts read_drafts(const Files& files, Problems& problems) {
  Drafts drafts;
  bool any = false;
  if (const auto found = files.find(std::string(kBotFile)); found != files.end()) {
    any = true;
    read_csv_drafts(found->second, drafts, problems);
  }
  NodeNumber next_number = kFirstYamlNumber;
  for (const auto& [path, text] : files) {
    if (!path.starts_with(kFlowsFolder)) continue;
    if (!path.ends_with(kFlowEnding)) {
      problems.warning({.file = path,
                        .code = "not_a_flow",
                        .message = "this file is not read",
                        .remedy = "a flow's file name ends with .flow.yaml"});
      continue;
    }
    any = true;
    read_yaml_drafts(path, text, next_number, drafts, problems);
  }
  if (!any) {
    problems.error({.file = std::string(kBotFile),
                    .code = "file_missing",
                    .message = "the solution has no flow",
                    .remedy = "add templates/bot.csv, or flows/main.flow.yaml"});
  }
  return drafts;
}

}  // namespace millrace::flow
