#include "python/worker/worker_words.hpp"

#include <utility>

#include "base/level_names.hpp"
#include "runtime/call_outcomes.hpp"

namespace millrace::python {
namespace {

using Kind = runtime::CallOutcome;

constexpr int kStatusMax = 999;
constexpr int64_t kTookMsMax = 24 * 3'600'000;

// What a worker can tell of a call; that it ran too long, or died, is seen from outside.
std::optional<Kind> kind_of(std::string_view name) {
  const auto kind = runtime::kCallOutcomes.find(name);
  return kind == Kind::timed_out || kind == Kind::crashed ? std::nullopt : kind;
}

std::optional<WorkerWords> read_line(const json::object& log) {
  const auto nonce = json::get_string(log, "nonce");
  const auto level = json::get_string(log, "level");
  const auto text = json::get_string(log, "text");
  const auto cut = json::get_bool(log, "cut");
  if (!nonce || !level || !text || !cut) return std::nullopt;
  return SaysLine{std::string(*nonce),
                  base::kLevels.find(*level).value_or(base::Level::info),
                  {std::string(*text), *cut}};
}

std::optional<WorkerWords> read_exchange(const json::object& exchange) {
  const auto nonce = json::get_string(exchange, "nonce");
  const auto host = json::get_string(exchange, "host");
  const auto port = json::get_integer(exchange, "port");
  const auto method = json::get_string(exchange, "method");
  const auto status = json::get_integer(exchange, "status");
  const auto took_ms = json::get_integer(exchange, "took_ms");
  if (!nonce || !host || !port || !method || !status || !took_ms) return std::nullopt;
  if (*port < 0 || *port > UINT16_MAX || *status < 0 || *status > kStatusMax) return std::nullopt;
  if (*took_ms < 0 || *took_ms > kTookMsMax) return std::nullopt;
  return SaysExchange{std::string(*nonce),
                      {std::string(*host),
                       static_cast<uint16_t>(*port),
                       std::string(*method),
                       static_cast<int>(*status),
                       *took_ms,
                       {}}};
}

std::optional<WorkerWords> read_end(json::object& end) {
  const auto nonce = json::get_string(end, "nonce");
  const auto kind = json::get_string(end, "kind").and_then(kind_of);
  if (!nonce || !kind) return std::nullopt;
  SaysEnd said{std::string(*nonce),
               *kind,
               std::string(json::get_string(end, "message").value_or("")),
               std::string(json::get_string(end, "place").value_or("")),
               std::nullopt,
               json::get_bool(end, "stays").value_or(false)};
  json::value* const result = end.if_contains("result");
  if (result != nullptr && result->is_object()) said.result = std::move(*result);
  if (said.kind == runtime::CallOutcome::returned && !said.result) return std::nullopt;
  return said;
}

}  // namespace

std::optional<WorkerWords> read_words(json::object& frame) {
  if (json::value* const end = frame.if_contains("end"); end != nullptr && end->is_object()) {
    return read_end(end->get_object());
  }
  if (frame.contains("here")) return SaysHere{};
  if (const auto* log = json::get_object(frame, "log")) return read_line(*log);
  if (const auto* seen = json::get_object(frame, "exchange")) return read_exchange(*seen);
  return std::nullopt;
}

}  // namespace millrace::python
