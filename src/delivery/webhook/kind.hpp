// Webhooks as a kind of receiver: `webhooks: {crm: {url, secret, events}}` in solution.yaml, and
// analytics events sent to "webhook:crm".
#pragma once

#include "delivery/kind.hpp"

namespace millrace::delivery::webhook {

const Kind& kind();

}  // namespace millrace::delivery::webhook
