#include "flow/draft.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::flow {
namespace {

constexpr std::string_view kFlowsFolder = "flows/";
constexpr std::string_view kFlowEnding = ".flow.yaml";

}  // namespace

Targets::Targets(const std::vector<Draft>& drafts) {
  for (const Draft& draft : drafts) {
    add(draft.id, draft.number);
    if (has_names(draft.flow)) {
      add(draft.flow + "." + draft.id, draft.number);  // "flow.10" for a node with a number
      add(draft.flow, draft.number);                   // the first one wins
    }
  }
}

std::optional<NodeNumber> Targets::find(std::string_view flow, std::string_view text) const {
  if (const auto number = parse_number(text)) return number;  // whether it exists is checked later
  if (!has_names(flow)) return std::nullopt;
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

std::string_view Cells::operator[](Column column) const {
  return base::trim(draft_[column].text);
}

std::optional<NodeNumber> Cells::target(std::string_view text) const {
  return targets_.find(draft_.flow, base::trim(text));
}

std::optional<NodeNumber> Cells::target(Column column, std::string_view text) const {
  const auto found = target(text);
  if (found) return found;
  if (!Targets::has_names(draft_.flow)) {
    error(column, "bad_number", "'" + std::string(text) + "' is not one node number",
          "write one number");
    return std::nullopt;
  }
  const std::string near = did_you_mean(text, targets_.names(draft_.flow));
  error(column, "target_missing", "there is no node '" + std::string(text) + "'",
        near.empty() ? "add it, or lead somewhere else" : "did you mean '" + near + "'?");
  return std::nullopt;
}

std::optional<NodeNumber> Cells::target(const TargetText& text, std::string_view key) const {
  const auto found = target(text.text);
  if (found) return found;
  const std::string near = did_you_mean(text.text, targets_.names(draft_.flow));
  problems_.error(
      {.file = draft_.file,
       .line = text.line,
       .position = text.position,
       .column = std::string(key),
       .code = "target_missing",
       .message = "there is no node '" + text.text + "'",
       .remedy = near.empty() ? "add it, or lead somewhere else" : "did you mean '" + near + "'?",
       .node = draft_.number});
  return std::nullopt;
}

Problem Cells::problem(Column column, std::string code, std::string message,
                       std::string remedy) const {
  const Cell& cell = draft_[column];
  return {.file = draft_.file,
          .line = cell.line == 0 ? draft_.line : cell.line,
          .position = cell.line == 0 ? 1 : cell.position,
          .column = std::string(header_of(column)),
          .code = std::move(code),
          .message = std::move(message),
          .remedy = std::move(remedy),
          .node = draft_.number,
          .node_id = draft_.id};
}

void Cells::error(Column column, std::string code, std::string message, std::string remedy) const {
  problems_.error(problem(column, std::move(code), std::move(message), std::move(remedy)));
}

void Cells::warning(Column column, std::string code, std::string message,
                    std::string remedy) const {
  problems_.warning(problem(column, std::move(code), std::move(message), std::move(remedy)));
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
  const Targets none({});
  for (size_t i = 1; i < rows->size(); ++i) {
    const CsvRow& row = (*rows)[i];
    Draft draft;
    draft.file = kBotFile;
    draft.flow = Targets::kCsvFlow;
    draft.line = row.line;
    for (size_t column = 0; column < kColumnCount; ++column) {
      const int position = header.position[column];
      if (position < 0 || static_cast<size_t>(position) >= row.cells.size()) continue;
      const CsvMark& mark = row.marks[static_cast<size_t>(position)];
      draft.cells[column] = {row.cells[static_cast<size_t>(position)], mark.line, mark.column};
    }
    const Cells cells(draft, none, problems);
    const auto number = parse_number(cells[Column::node_number]);
    if (!number) {
      cells.error(Column::node_number, "bad_number", "Node number is not an integer",
                  "'" + std::string(cells[Column::node_number]) + "': use a whole number");
      continue;
    }
    if (*number == 0 || *number >= kFirstYamlNumber) {
      cells.error(Column::node_number, "bad_number",
                  "'" + std::to_string(*number) + "' cannot be a node number",
                  "use a whole number other than 0, below 1000000000");
      continue;
    }
    draft.number = *number;
    draft.id = std::to_string(*number);
    drafts.nodes.push_back(std::move(draft));
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
