// Braze as a kind of receiver.
#pragma once

#include "delivery/kind.hpp"

namespace millrace::delivery::braze {

const Kind& kind();

}  // namespace millrace::delivery::braze
