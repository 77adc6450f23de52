// What the meter hears of a turn that is durable. For the files of this room only.
#pragma once

#include "base/meter.hpp"
#include "dialog/dialog.hpp"

namespace millrace::runtime {

// How long it took since the lane took its input up at `came`, and whether a chat begins or ends
// with it. `state`: as the turn left it. Nothing where there is no meter.
void measure_turn(base::Meter* meter, std::string_view solution, const dialog::State& state,
                  bool is_end, base::Timestamp came, base::Timestamp now);

}  // namespace millrace::runtime
