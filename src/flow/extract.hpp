// Nodes of a YAML flow moved into a flow of their own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "flow/flow.hpp"

namespace millrace::flow {

// The files that change, whole, and that of the new flow. `ids` are "flow.node", all of one flow.
// Nodes keep their order, texts, comments and translations, and the ways in and out lead where they
// led; what went on to a node that stood behind it names that node now. A moved node that is
// written as a block or in braces and has no `was` gets one, so that chats that stand on it find
// it. What is said of the flow as a whole (priorities of its intents) is not said of the new one.
// not_found: no such node; already_exists: there is a flow of that name; invalid_argument: no name,
// nodes of several flows, none; failed_precondition: the flow's first node, to which the flow's
// name leads; unimplemented: a form, a node that is two, one with a number, or a notation in which
// the nodes cannot be taken apart.
base::Result<Files> extract_nodes(const Files& files, const std::vector<std::string>& ids,
                                  std::string_view flow);

}  // namespace millrace::flow
