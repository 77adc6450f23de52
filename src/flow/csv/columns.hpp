// The columns of the published CSV format (reference: studio-and-action-nodes.md 4.1).
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "flow/csv/csv.hpp"
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
  node_id,  // "flow.node", for nodes that have a name
  was,
};
inline constexpr size_t kColumnCount = static_cast<size_t>(Column::was) + 1;
inline constexpr size_t kPublishedColumns = static_cast<size_t>(Column::event);  // those before it

std::string_view header_of(Column column);
// What a YAML flow calls the same thing.
std::string_view key_of(Column column);
// By its header, letter case ignored.
std::optional<Column> column_of(std::string_view header);

// Where each column stands in the file; -1 when the file does not have it.
struct Header {
  std::array<int, kColumnCount> position;
};

// Binds the header row by name, whatever the order; files unknown, repeated and missing columns.
Header bind_header(const CsvRow& row, Problems& problems);

}  // namespace millrace::flow
