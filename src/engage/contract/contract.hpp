// What this edge takes and gives, as documents that tools read: OpenAPI 3.1 of the REST half,
// AsyncAPI 3.0 of the socket and of webhook mode. Both stand on the same schemas.
#pragma once

#include <string>

namespace millrace::engage {

// JSON; the same on every call.
const std::string& openapi_document();
const std::string& asyncapi_document();

}  // namespace millrace::engage
