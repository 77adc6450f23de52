#include "runtime/ports.hpp"

namespace millrace::runtime {

std::string_view to_string(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::returned: return "returned";
    case CallOutcome::raised: return "raised";
    case CallOutcome::timed_out: return "timed_out";
    case CallOutcome::crashed: return "crashed";
    case CallOutcome::refused: return "refused";
    case CallOutcome::unknown: return "unknown";
  }
  return "unknown";
}

}  // namespace millrace::runtime
