// What the operations on people and on keys share, for the files of this room only.
#pragma once

#include "api/operation.hpp"

namespace millrace::api {

// `grants` of a body that was checked.
base::Result<access::Grants> grants_in(const json::object& body);

// A page after the id that the cursor names; one more was read to know whether another follows.
template <typename T>
Reply page_of(Call& call, std::vector<T> all, size_t limit) {
  std::optional<std::string> next;
  if (all.size() > limit) {
    all.resize(limit);
    next = call.cursor_at({{"after", all.back().id}});
  }
  json::array items;
  for (const T& each : all) items.emplace_back(each.shown());
  return listed(std::move(items), std::move(next));
}

}  // namespace millrace::api
