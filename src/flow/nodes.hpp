// Drafts -> nodes of the program, for the files of this room only. Each parser files what is wrong
// at its cell and goes on with what it could read.
#pragma once

#include "flow/cells.hpp"

namespace millrace::flow {

// The published behaviours (reference: studio-and-action-nodes.md 4.5).
struct Behaviors {
  bool disable_input = false;
  bool embedded = false;  // "inline"
  bool xfer_to_agent = false;
  bool multiple_choice = false;
  bool secure = false;
};

void refuse_cells(const Cells& cells, std::initializer_list<Column> columns, std::string_view type);

DialogNode parse_dialog(const Cells& cells);
RichAsset parse_rich_asset(const Cells& cells, const Behaviors& behaviors);
ActionNode parse_action(const Cells& cells, const AppFacts& facts);
std::optional<EventSpec> parse_event(const Cells& cells);

}  // namespace millrace::flow
