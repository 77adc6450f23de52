// A delivery as operators are shown it, over the API and by the command line.
#pragma once

#include <string>

#include "base/json.hpp"
#include "runtime/delivery_store.hpp"

namespace millrace::api {

// `holds` says in short what it has. What people said in it, and what was answered, stands there
// only when it is to be revealed.
json::object shown_delivery(const runtime::StoredDelivery& stored, std::string holds, bool reveals);

}  // namespace millrace::api
