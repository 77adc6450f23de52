// What one JSON object has that another has not, as JSON: so that a long document which changes a
// little costs a little to write down. apply_change(before, change_of(before, after)) is `after`.
#pragma once

#include "base/json.hpp"

namespace millrace::json {

// A change is an object with any of
//   "=": {name: value}   members to set
//   "-": [name]          members to remove
//   "/": {name: change}  objects to change inside
//   "+": {name: {"drop": d, "keep": k, "add": [values]}}
//                        arrays whose elements [d, d + k) stay, and are followed by others
// An empty object changes nothing. Within the outermost object's members, the order of members is
// kept too: what is written of them comes out in the same bytes.
object change_of(const object& before, const object& after);

// data_loss when the change does not fit the document it is applied to; that may then be changed
// in part.
base::Result<void> apply_change(object& document, const object& change);

}  // namespace millrace::json
