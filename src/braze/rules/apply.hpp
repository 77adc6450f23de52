// What the attributes of a request make of a profile. Pure.
#pragma once

#include <string>

#include "base/time.hpp"
#include "braze/braze.hpp"
#include "braze/front/diagnostics.hpp"
#include "braze/kept.hpp"
#include "braze/rules/track_rules.hpp"

namespace millrace::braze {

// The line of the profile's history that says what was changed, as JSON text; "" when nothing was.
std::string apply(Profile& profile, const AttributesItem& item, const SandboxOptions& options,
                  base::Timestamp now, Diagnostics& diagnostics);

}  // namespace millrace::braze
