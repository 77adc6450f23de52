// Cells of the published columns -> a typed draft, and a draft -> cells. For the files of this room
// only.
#pragma once

#include <functional>

#include "flow/language/draft.hpp"

namespace millrace::flow {

// Reads the cells that were written; what they say takes the place of what the draft has. What is
// wrong in the form of a cell is filed here, what is wrong with its meaning when nodes are linked.
void read_cells(Draft& draft, const CellRow& row, Problems& problems);

// "value~node|value~node", as roads and buttons are written.
PairList pairs_in(const Draft& draft, const Cell& cell, Problems& problems);

// Where a part of a cell's text stands in the file.
Place place_in(const Cell& cell, size_t offset, size_t length);

// The draft as the cells of a row, with `number_of` for every node it names. Cells that were
// written as cells are given back as they are while they name no node that has another number.
using NumberOf = std::function<std::string(const std::string& node)>;
std::array<std::string, kColumnCount> cells_of(const Draft& draft, const NumberOf& number_of);

// The types of rich assets as Rich Asset Type names them.
std::optional<AssetType> asset_type_of(std::string_view kind);
std::vector<std::string> asset_kinds();

// Content in the two forms it has: the text of a cell, or fields. `draft.asset` has the kind.
void read_asset_text(Draft& draft, const Cell& content, Problems& problems);
void read_asset_fields(Draft& draft, const Tree& fields, Problems& problems);

}  // namespace millrace::flow
