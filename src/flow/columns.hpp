// One row of templates/bot.csv with its cells bound to their columns by header name
// (reference: studio-and-action-nodes.md 4.1), and the list of columns the engine knows.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "flow/csv.hpp"
#include "flow/parts.hpp"

namespace millrace::flow {

enum class Column {
  node_number,
  node_type,
  node_name,
  intent,
  entity_type,
  entity,
  nlu_disabled,
  next_nodes,
  message,
  rich_asset_type,
  rich_asset_content,
  answer_required,
  behaviors,
  command,
  description,
  output,
  node_input,
  parameter_input,
  decision_variable,
  what_next,
  node_tags,
  skill_tag,
  variable,
  platform_flag,
  flows,
  css_classname,
  event,
};
inline constexpr size_t kColumnCount = static_cast<size_t>(Column::event) + 1;

std::string_view header_of(Column column);

// Where each column stands in the file; -1 when the file does not have it.
struct Header {
  std::array<int, kColumnCount> position;
};

// Binds the header row by name, whatever the order; files unknown, repeated and missing columns.
Header bind_header(const CsvRow& row, Problems& problems);

class Cells {
 public:
  Cells(const Header& header, const CsvRow& row, Problems& problems)
      : header_(header), row_(row), problems_(problems) {}

  // The cell without white space around it; "" when the column or the cell is missing.
  std::string_view operator[](Column column) const;
  bool has(Column column) const { return !(*this)[column].empty(); }
  int line() const { return row_.line; }

  NodeNumber node = 0;  // set once known, so that problems can name it
  void error(Column column, std::string code, std::string message, std::string remedy = {}) const;
  void warning(Column column, std::string code, std::string message, std::string remedy = {}) const;

 private:
  Problem problem(Column column, std::string code, std::string message, std::string remedy) const;

  const Header& header_;
  const CsvRow& row_;
  Problems& problems_;
};

}  // namespace millrace::flow
