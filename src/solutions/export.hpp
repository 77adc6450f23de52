// All that is kept of one person.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "runtime/archive.hpp"
#include "runtime/delivery_store.hpp"

namespace millrace::solutions {

// Where it lies.
struct Kept {
  runtime::Archive& archive;
  // Those that are meant, the oldest first.
  std::function<base::Result<std::vector<runtime::StoredDelivery>>(const runtime::DeliveryFilter&)>
      deliveries;
  std::string seal_key;
};

// Gives object by object, each with a "kind": turn (what was said), chat (its state, as its last
// turn left it), delivery, and, of several consumers who are one person, joined (their ids).
// Answers that were asked for securely stay masked.
using EachObject = std::move_only_function<void(const json::object&)>;
base::Result<void> export_person(const std::set<base::Id>& consumers, const Kept& kept,
                                 EachObject each);

}  // namespace millrace::solutions
