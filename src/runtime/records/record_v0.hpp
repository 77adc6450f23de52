// What came in, as records of version 0 had it: those without a version, which kept two enums as
// numbers. The state of that time is dialog/state/state_v0.hpp; everything else is as it is now,
// with nothing left out.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"

namespace millrace::runtime {

// data_loss for a number that no enumerator had.
base::Result<json::object> input_from_version_0(json::object in);
json::object input_to_version_0(json::object in);

}  // namespace millrace::runtime
