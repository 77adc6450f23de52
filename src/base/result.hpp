// Errors as values. Every function that can fail for a reason its caller may act on returns a
// Result<T>; the code drives status, retry and log level, the message is written for a person, and
// `where` names the place (a file and row, a table, a call). Exceptions never cross a room.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::base {

enum class Code {
  invalid_argument,     // the input is wrong and will stay wrong
  not_found,            // the thing named does not exist
  already_exists,       // it exists and must not
  failed_precondition,  // right input, wrong moment
  unauthenticated,      // who are you
  permission_denied,    // you may not
  resource_exhausted,   // a limit was reached; later may work
  deadline_exceeded,    // it took too long; the outcome may be unknown
  unavailable,          // the other side is away; later may work
  unimplemented,        // understood, and not supported
  data_loss,            // stored data cannot be read back
  internal,             // our mistake
};

// The code's name as it appears in logs and in JSON: "invalid_argument", ...
std::string_view to_string(Code code);

struct Error {
  Code code = Code::internal;
  std::string message;  // one sentence for a person, with the remedy where there is one
  std::string where;    // where it happened; may be empty

  // "where: message", or the message alone.
  std::string describe() const;
};

template <typename T>
using Result = std::expected<T, Error>;

// `return fail(Code::not_found, "no such chat");`
inline std::unexpected<Error> fail(Code code, std::string message, std::string where = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(where)});
}

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

// What must be true, in every build. A broken check ends the turn it is in (contain.hpp), else the
// process: nothing half done is stored, and a restart replays from what was durable.
#define MILLRACE_CHECK(condition)                                     \
  do {                                                                \
    if (!(condition)) [[unlikely]]                                    \
      ::millrace::base::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)

}  // namespace millrace::base
