// What an answer of Braze's means (users-track.md, sections 4.1, 4.2 and 8). Whatever comes over
// the wire is met: headers missing, empty, of either notation; bodies that are not JSON.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/redact.hpp"
#include "base/web/web.hpp"
#include "delivery/braze/parcel.hpp"

namespace millrace::delivery::braze {

// One object that was refused, as the answer names it.
struct Named {
  std::optional<Array> array;  // nullopt: of an array that the request does not have
  int64_t index = 0;
  std::string reason;
  bool operator==(const Named&) const = default;
};

// An answer before its names are looked up in the request: `refusals` is empty.
struct Reading : Answer {
  std::vector<Named> named;  // each once
};

// `sensitive` is what must not show in texts, such as the key, which a 401 echoes.
Reading classify(const web::Response& response, base::Timestamp now,
                 std::span<const base::Sensitive> sensitive);

}  // namespace millrace::delivery::braze
