// One entry of a flow's `nodes` -> its piece: a node with what it does besides, or all asks of a
// form. For the files of this room only.
#pragma once

#include "flow/language/reading.hpp"
#include "flow/yaml.hpp"

namespace millrace::flow {

// What is wrong is filed with `file`, or in the piece's cells.
void read_entry(const YamlPair& entry, YamlFile& file, const std::string& flow, Piece& piece);

}  // namespace millrace::flow
