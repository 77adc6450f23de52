// A call's trace as people read it.
#include <iomanip>
#include <sstream>

#include "app/commands/trace_files.hpp"

namespace millrace::app {
namespace {

std::string in_ms(double ms) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(ms < 100 ? 1 : 0) << ms << " ms";
  return text.str();
}

std::string in_ms(std::chrono::microseconds time) {
  return in_ms(static_cast<double>(time.count()) / 1e3);
}

std::string describe(const web::Exchange& exchange) {
  std::string text = exchange.method + " " + exchange.host + ":" + std::to_string(exchange.port);
  if (!exchange.refused.empty()) return text + "  not allowed: " + exchange.refused;
  text += exchange.status == 0 ? "  no answer" : "  " + std::to_string(exchange.status);
  return text + "  in " + in_ms(static_cast<double>(exchange.took_ms));
}

void describe(const calls::AttemptRecord& attempt, std::ostream& out) {
  out << "    attempt " << attempt.number << "  " << base::to_iso8601(attempt.at) << "  "
      << runtime::to_string(attempt.outcome);
  if (attempt.uncertain) out << "  (an earlier one may have happened)";
  out << "\n      ";
  if (attempt.paused_ms > 0) {
    out << "paused " << in_ms(static_cast<double>(attempt.paused_ms)) << ", ";
  }
  const auto waited = attempt.trace.queued + std::chrono::milliseconds(attempt.gate_ms);
  out << "waited " << in_ms(waited) << ", ran " << in_ms(attempt.trace.ran);
  if (attempt.trace.worker != 0) out << ", worker " << attempt.trace.worker;
  out << "\n";
  if (!attempt.message.empty()) out << "      " << attempt.message << "\n";
  for (const web::Exchange& exchange : attempt.trace.exchanges) {
    out << "      > " << describe(exchange) << "\n";
  }
  for (const std::string& line : attempt.trace.lines) out << "      | " << line << "\n";
}

}  // namespace

std::string describe(const calls::CallTrace& trace) {
  std::ostringstream out;
  const auto took = static_cast<double>(trace.ended_at.ms - trace.began_at.ms);
  out << base::to_iso8601(trace.began_at) << "  " << trace.command;
  if (!trace.node.empty()) out << " (node " << trace.node << ")";
  out << "  " << runtime::to_string(trace.outcome) << "  in " << in_ms(took) << "\n"
      << "    key " << trace.key << "  " << trace.solution << " " << trace.version << "\n";
  if (trace.uncertain) out << "    called again after a restart that lost the outcome\n";
  if (trace.effect_unknown) out << "    what it did is not known\n";
  const bool is_told = !trace.attempts.empty() && trace.attempts.back().message == trace.message;
  if (!trace.message.empty() && !is_told) out << "    " << trace.message << "\n";
  for (const calls::AttemptRecord& attempt : trace.attempts) describe(attempt, out);
  return std::move(out).str();
}

}  // namespace millrace::app
