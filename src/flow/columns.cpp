#include "flow/columns.hpp"

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
                                                              "Event"};

}  // namespace

std::string_view header_of(Column column) {
  return kHeaders[static_cast<size_t>(column)];
}

Header bind_header(const CsvRow& row, Problems& problems) {
  Header header;
  header.position.fill(-1);
  std::vector<std::string> known(kHeaders.begin(), kHeaders.end());
  const auto file_problem = [&](std::string code, std::string message, std::string remedy) {
    return Problem{.file = std::string(kBotFile),
                   .line = row.line,
                   .code = std::move(code),
                   .message = std::move(message),
                   .remedy = std::move(remedy)};
  };
  for (size_t i = 0; i < row.cells.size(); ++i) {
    const auto name = base::trim(row.cells[i]);
    if (name.empty()) continue;
    size_t column = 0;
    while (column < kColumnCount && !base::equals_ignoring_case(kHeaders[column], name)) ++column;
    if (column == kColumnCount) {
      const std::string near = did_you_mean(name, known);
      problems.error(file_problem("unknown_column", "unknown column '" + std::string(name) + "'",
                                  near.empty() ? "remove it" : "did you mean '" + near + "'?"));
    } else if (header.position[column] >= 0) {
      problems.error(file_problem("duplicate_column",
                                  "the column '" + std::string(name) + "' is there twice",
                                  "keep one of the two"));
    } else {
      header.position[column] = static_cast<int>(i);
    }
  }
  for (const Column needed : {Column::node_number, Column::node_type, Column::message,
                              Column::next_nodes, Column::answer_required}) {
    if (header.position[static_cast<size_t>(needed)] >= 0) continue;
    problems.error(file_problem("missing_column",
                                "the column '" + std::string(header_of(needed)) + "' is missing",
                                "the first row must name the columns"));
  }
  return header;
}

std::string_view Cells::operator[](Column column) const {
  const int position = header_.position[static_cast<size_t>(column)];
  if (position < 0 || static_cast<size_t>(position) >= row_.cells.size()) return {};
  return base::trim(row_.cells[static_cast<size_t>(position)]);
}

Problem Cells::problem(Column column, std::string code, std::string message,
                       std::string remedy) const {
  return {.file = std::string(kBotFile),
          .line = row_.line,
          .column = std::string(header_of(column)),
          .code = std::move(code),
          .message = std::move(message),
          .remedy = std::move(remedy),
          .node = node};
}

void Cells::error(Column column, std::string code, std::string message, std::string remedy) const {
  problems_.error(problem(column, std::move(code), std::move(message), std::move(remedy)));
}

void Cells::warning(Column column, std::string code, std::string message,
                    std::string remedy) const {
  problems_.warning(problem(column, std::move(code), std::move(message), std::move(remedy)));
}

}  // namespace millrace::flow
