// What the attributes of a request make of a profile. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "braze/braze.hpp"
#include "braze/front/diagnostics.hpp"
#include "braze/kept.hpp"
#include "braze/rules/track_rules.hpp"

namespace millrace::braze {

struct Applied {
  std::string
      line;  // of the profile's history: what was changed, as JSON text; "" when nothing was
  std::vector<std::string_view> custom;  // the names of custom attributes among it, in `item`
};
Applied apply(Profile& profile, const AttributesItem& item, const SandboxOptions& options,
              base::Timestamp now, Diagnostics& diagnostics);

}  // namespace millrace::braze
