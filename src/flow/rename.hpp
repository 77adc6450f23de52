// A node of a YAML flow under another name, wherever it is named.
#pragma once

#include <string>
#include <string_view>

#include "flow/flow.hpp"

namespace millrace::flow {

// The files that change, whole. `id` is "flow.node", the new name a node's name in the same flow. A
// node that is written as a block and has no `was` gets one, so that chats that stand on it find
// it. Nothing else of the files changes. not_found: no such node; already_exists: there is one of
// the new name; unimplemented: a node with a number, an ask of a form, or a name inside a cell.
base::Result<Files> rename_node(const Files& files, std::string_view id, std::string_view name);

}  // namespace millrace::flow
