// What a worker may say in a frame, read and judged by itself: whether it is said at the right
// moment, and about the right call, is the worker's to know. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/json.hpp"
#include "base/web/outbound.hpp"
#include "base/world.hpp"
#include "python/lines.hpp"
#include "runtime/ports.hpp"

namespace millrace::python {

// It is there. Who it is, the kernel says.
struct SaysHere {};
// The script logs.
struct SaysLine {
  std::string nonce;  // of the call that it is about; so below
  base::Level level = base::Level::info;
  Line line;
};
// The script has spoken with a host.
struct SaysExchange {
  std::string nonce;
  web::Exchange exchange;
};
// The call has ended.
struct SaysEnd {
  std::string nonce;
  runtime::CallOutcome kind = runtime::CallOutcome::returned;
  std::string message;                // why it did not return
  std::string place;                  // in the scripts; "" = none
  std::optional<json::value> result;  // an object, of a call that returned
  bool would_stay = false;            // it may run another
};
using WorkerWords = std::variant<SaysHere, SaysLine, SaysExchange, SaysEnd>;

// nullopt: it makes no sense, whenever it is said. Figures that cannot be are the script's doing,
// and nobody is to reckon with them. What of the frame is used is moved out of it.
std::optional<WorkerWords> read_words(json::object& frame);

}  // namespace millrace::python
