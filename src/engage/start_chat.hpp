// The body of a start, checked against the session it belongs to (reference: engagement-api.md
// 2.3). The REST call and the socket event both come here.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "engage/tokens.hpp"
#include "runtime/solutions.hpp"

namespace millrace::engage {

base::Result<void> check_start(const json::object& body, const Identity& identity,
                               const runtime::Solutions& solutions);

}  // namespace millrace::engage
