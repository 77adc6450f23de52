// What clients fetch before they send anything: where to send it, and that nothing else is on.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "listener/source.hpp"

namespace millrace::listener {

// analytics.js: GET /v1/projects/{key}/settings. `base_url`: where the server is reached.
json::object segment_settings(const Source& source, std::string_view base_url);
// RudderStack: GET /sourceConfig/.
json::object rudder_configuration(const Source& source);
// PostHog: GET /array/{token}/config, and the same as a script.
json::object posthog_configuration();
// PostHog: POST /flags/?v=2.
json::object posthog_flags();

}  // namespace millrace::listener
