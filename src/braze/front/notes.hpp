// What the sandbox says of a request as a whole, before any endpoint looks at it.
#pragma once

#include "base/web/web.hpp"
#include "braze/front/diagnostics.hpp"
#include "braze/front/endpoint.hpp"
#include "braze/front/faults.hpp"

namespace millrace::braze {

// Of a query that holds what belongs into the body.
void note_query(const web::Request& request, Diagnostics& diagnostics);
// Of a path at which nothing answers.
void note_path(const web::Request& request, const Matched& matched, Diagnostics& diagnostics);
// Of the fault that strikes it.
void note_fault(const Fault& fault, Diagnostics& diagnostics);

}  // namespace millrace::braze
