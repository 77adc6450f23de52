#include "base/result.hpp"

namespace millrace::base {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::invalid_argument: return "invalid_argument";
    case Code::not_found: return "not_found";
    case Code::already_exists: return "already_exists";
    case Code::failed_precondition: return "failed_precondition";
    case Code::unauthenticated: return "unauthenticated";
    case Code::permission_denied: return "permission_denied";
    case Code::resource_exhausted: return "resource_exhausted";
    case Code::deadline_exceeded: return "deadline_exceeded";
    case Code::unavailable: return "unavailable";
    case Code::unimplemented: return "unimplemented";
    case Code::data_loss: return "data_loss";
    case Code::internal: return "internal";
  }
  return "internal";
}

std::string Error::describe() const {
  return where.empty() ? message : where + ": " + message;
}

}  // namespace millrace::base
