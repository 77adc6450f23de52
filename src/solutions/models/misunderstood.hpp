// What people have said that a model was not sure of, or wrong about, with what is alike put
// together: for whoever goes through it from the most frequent on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "solutions/models/review.hpp"
#include "solutions/versions.hpp"

namespace millrace::solutions {

struct Misunderstood {
  Reviewed last;       // the latest of them
  std::string alike;   // what all of them read without case, blanks and the like
  std::string locale;  // of their chats; "" where that is not known
  size_t count = 0;
};
struct MisunderstoodPage {
  std::vector<Misunderstood> groups;  // the most frequent first
  // Behind these chats there are others.
  std::optional<runtime::ChatFilter::After> next;
};

struct MisunderstoodChoice {
  runtime::ChatFilter chats;  // its limit says how many are looked at
  std::string locale;         // "" = any
};
// Texts are alike when they differ in case, blanks and the like (base::squash). Texts that were
// said before `chats.since` are left out.
base::Result<MisunderstoodPage> misunderstood(runtime::Archive& archive,
                                              const MisunderstoodChoice& choice,
                                              const std::string& seal_key, Versions& versions);

}  // namespace millrace::solutions
