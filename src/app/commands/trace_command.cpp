// `millrace trace`: what the action nodes of one chat did, when, and how long it took.
#include <iomanip>
#include <iostream>
#include <sstream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/trace_files.hpp"
#include "base/id.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

struct TraceOptions {
  std::string chat;
  fs::path data;
  bool json = false;
};

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

void print(const calls::AttemptRecord& attempt) {
  std::cout << "    attempt " << attempt.number << "  " << base::to_iso8601(attempt.at) << "  "
            << runtime::to_string(attempt.outcome);
  if (attempt.uncertain) std::cout << "  (an earlier one may have happened)";
  std::cout << "\n      ";
  if (attempt.paused_ms > 0) {
    std::cout << "paused " << in_ms(static_cast<double>(attempt.paused_ms)) << ", ";
  }
  const auto waited = attempt.trace.queued + std::chrono::milliseconds(attempt.gate_ms);
  std::cout << "waited " << in_ms(waited) << ", ran " << in_ms(attempt.trace.ran);
  if (attempt.trace.worker != 0) std::cout << ", worker " << attempt.trace.worker;
  std::cout << "\n";
  if (!attempt.message.empty()) std::cout << "      " << attempt.message << "\n";
  for (const web::Exchange& exchange : attempt.trace.exchanges) {
    std::cout << "      > " << describe(exchange) << "\n";
  }
  for (const std::string& line : attempt.trace.lines) std::cout << "      | " << line << "\n";
}

void print(const calls::CallTrace& trace) {
  const auto took = static_cast<double>(trace.ended_at.ms - trace.began_at.ms);
  std::cout << base::to_iso8601(trace.began_at) << "  " << trace.command;
  if (!trace.node.empty()) std::cout << " (node " << trace.node << ")";
  std::cout << "  " << runtime::to_string(trace.outcome) << "  in " << in_ms(took) << "\n"
            << "    key " << trace.key << "  " << trace.solution << " " << trace.version << "\n";
  if (trace.uncertain) std::cout << "    called again after a restart that lost the outcome\n";
  if (trace.effect_unknown) std::cout << "    what it did is not known\n";
  const bool is_told = !trace.attempts.empty() && trace.attempts.back().message == trace.message;
  if (!trace.message.empty() && !is_told) std::cout << "    " << trace.message << "\n";
  for (const calls::AttemptRecord& attempt : trace.attempts) print(attempt);
}

int show(const TraceOptions& options) {
  const auto id = base::Id::parse(options.chat);
  const std::string chat = id ? id->to_string() : options.chat;
  size_t count = 0;
  const auto read = each_trace(
      options.data, calls::traces_of_chat(chat), [](std::string_view) { return true; },
      [&](const calls::CallTrace& trace) {
        if (options.json) {
          std::cout << (count == 0 ? "[" : ",\n ") << calls::to_json(trace);
        } else {
          print(trace);
        }
        ++count;
      });
  if (!read) return complain("trace", read.error());
  if (options.json) std::cout << (count == 0 ? "[]\n" : "]\n");
  if (count > 0) return 0;
  return complain("trace", "no call of that chat is on record in " + options.data.string(), 1);
}

}  // namespace

void add_trace_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "trace", "Every action node that a chat has called: attempts, times, hosts, log lines.");
  auto options = std::make_shared<TraceOptions>();
  command->add_option("CHAT", options->chat, "The chat's id")->required();
  add_data_option(*command, options->data);
  command->add_flag("--json", options->json, "Print a JSON array");
  command->footer(
      "Works beside a running server. Exits 0 when there is something, 1 when there is nothing.");
  command->callback([&exit_code, options] { exit_code = show(*options); });
}

}  // namespace millrace::app
