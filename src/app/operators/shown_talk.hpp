// A conversation with a draft as operators are shown it.
#pragma once

#include "base/json.hpp"
#include "flow/capabilities.hpp"
#include "trial/talk.hpp"

namespace millrace::app {

// `channel`: its messages are shown as that channel shows them as well; nullptr: they are not.
json::object shown(const trial::TalkTurn& turn, const flow::Capabilities* channel);

}  // namespace millrace::app
