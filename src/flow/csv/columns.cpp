#include "flow/csv/columns.hpp"

#include <string>
#include <vector>

#include "base/text.hpp"

namespace millrace::flow {
namespace {

constexpr std::array<std::string_view, kColumnCount> kHeaders{"Node Number",
                                                              "Node Type",
                                                              "Node Name",
                                                              "Intent",
                                                              "Entity Type",
                                                              "Entity",
                                                              "NLU Disabled?",
                                                              "Next Nodes",
                                                              "Message",
                                                              "Rich Asset Type",
                                                              "Rich Asset Content",
                                                              "Answer Required?",
                                                              "Behaviors",
                                                              "Command",
                                                              "Description",
                                                              "Output",
                                                              "Node Input",
                                                              "Parameter Input",
                                                              "Decision Variable",
                                                              "What Next?",
                                                              "Node Tags",
                                                              "Skill Tag",
                                                              "Variable",
                                                              "Platform Flag",
                                                              "Flows",
                                                              "CSS Classname",
                                                              "Event",
                                                              "Node Id",
                                                              "Was"};

constexpr std::array<std::string_view, kColumnCount> kKeys{
    "",       "",      "name",   "intent", "entity_type", "entity", "nlu",         "next",
    "say",    "asset", "asset",  "ask",    "behaviours",  "do",     "description", "outputs",
    "inputs", "with",  "decide", "on",     "tags",        "skill",  "variable",    "platform",
    "flows",  "css",   "event",  "",       "was"};

}  // namespace

std::string_view key_of(Column column) {
  return kKeys[static_cast<size_t>(column)];
}

std::string_view header_of(Column column) {
  return kHeaders[static_cast<size_t>(column)];
}

std::optional<Column> column_of(std::string_view header) {
  for (size_t i = 0; i < kColumnCount; ++i) {
    if (base::equals_ignoring_case(kHeaders[i], header)) return static_cast<Column>(i);
  }
  return std::nullopt;
}

namespace {

// Headers that were pasted have blanks that cannot be broken, and marks that cannot be seen.
std::string with_plain_blanks(std::string_view header) {
  constexpr std::string_view kHard = "\u00a0";
  std::string out(base::trim_blank(header));
  for (size_t at = 0; (at = out.find(kHard, at)) != std::string::npos; ++at) {
    out.replace(at, kHard.size(), " ");
  }
  return out;
}

}  // namespace

Header bind_header(const CsvRow& row, Problems& problems) {
  Header header;
  header.position.fill(-1);
  const auto file_problem = [&](size_t cell, std::string code, std::string message,
                                std::string remedy) {
    problems.error({.file = std::string(kBotFile),
                    .line = row.line,
                    .position = row.marks[cell].column,
                    .code = std::move(code),
                    .message = std::move(message),
                    .remedy = std::move(remedy)});
  };
  for (size_t i = 0; i < row.cells.size(); ++i) {
    const std::string name = with_plain_blanks(row.cells[i]);
    if (name.empty()) continue;
    const auto column = column_of(name);
    if (!column) {
      const std::string near = did_you_mean(name, {kHeaders.begin(), kHeaders.end()});
      file_problem(i, "unknown_column", "unknown column '" + name + "'",
                   near.empty() ? "remove it" : "did you mean '" + near + "'?");
      continue;
    }
    int& position = header.position[static_cast<size_t>(*column)];
    if (position >= 0) {
      file_problem(i, "duplicate_column", "the column '" + name + "' is there twice",
                   "keep one of the two");
    } else {
      position = static_cast<int>(i);
    }
  }
  for (const Column needed : {Column::node_number, Column::node_type, Column::message,
                              Column::next_nodes, Column::answer_required}) {
    if (header.position[static_cast<size_t>(needed)] >= 0) continue;
    file_problem(0, "missing_column",
                 "the column '" + std::string(header_of(needed)) + "' is missing",
                 "the first row must name the columns");
  }
  return header;
}

}  // namespace millrace::flow
