// Texts that nobody has translated. For the files of this folder only.
#pragma once

#include "flow/parts.hpp"

namespace millrace::flow {

// A text without a translation falls back to the default locale, with a warning.
void fill_gaps(Program& program, Problems& problems, size_t locale);

}  // namespace millrace::flow
