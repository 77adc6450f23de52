// The kinds of receivers that turns can owe something to.
#pragma once

#include "delivery/kind.hpp"

namespace millrace::app {

delivery::Kinds receivers();

}  // namespace millrace::app
