// States as builds wrote them before a version stood in them: version 0. Read by bringing the
// document into today's form, and written for those who compare what was stored with what comes out
// again. Nothing else knows of it.
#pragma once

#include "dialog/dialog.hpp"

namespace millrace::dialog {

// Of to_json()'s form, from version 0's. data_loss when it is not one of that version.
base::Result<json::object> state_from_version_0(json::object state);

json::object to_version_0(const State& state);

}  // namespace millrace::dialog
