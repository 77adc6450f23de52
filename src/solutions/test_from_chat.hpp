// A stored chat as a test: what was said, what came back, and what its actions returned.
#pragma once

#include <string>

#include "base/id.hpp"
#include "base/result.hpp"
#include "runtime/archive.hpp"
#include "solutions/versions.hpp"

namespace millrace::solutions {

// The text of a tests/*.test.yaml; what was asked for securely stays masked in it. not_found when
// there is no such chat.
base::Result<std::string> test_from_chat(runtime::Archive& archive, base::Id chat,
                                         const std::string& seal_key, Versions& versions);

}  // namespace millrace::solutions
