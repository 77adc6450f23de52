#include "runtime/ports.hpp"

#include "runtime/call_outcomes.hpp"

namespace millrace::runtime {

std::string_view to_string(CallOutcome outcome) {
  return kCallOutcomes(outcome);
}

}  // namespace millrace::runtime
