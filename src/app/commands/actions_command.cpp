// `millrace actions`: which calls nobody knows the effect of, and which nodes are slow or fail.
#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>
#include <map>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/listing.hpp"
#include "app/commands/trace_files.hpp"
#include "app/wire/data/death_files.hpp"
#include "app/wire/system.hpp"
#include "base/json_plain.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using Kind = runtime::CallOutcome;

struct ActionsOptions {
  fs::path data;
  std::string name;  // of a command, or a call's key
  double hours = 0;
  bool json = false;
};

std::string hosts_of(const calls::CallTrace& trace) {
  std::string hosts;
  for (const calls::AttemptRecord& attempt : trace.attempts) {
    for (const web::Exchange& exchange : attempt.trace.exchanges) {
      if (!exchange.refused.empty() || hosts.contains(exchange.host)) continue;
      hosts += (hosts.empty() ? "" : ", ") + exchange.host;
    }
  }
  return hosts;
}

// The traces of a chat come together and in their order, so what became of a key is known when the
// next chat begins. A call that a restart made again and that ended well is off the list.
class UnknownCalls {
 public:
  bool wants(std::string_view text) const {
    return !open_.empty() || text.contains("\"effect_unknown\":true");
  }
  void take(const calls::CallTrace& trace) {
    if (trace.chat_id != chat_) end_chat();
    chat_ = trace.chat_id;
    if (trace.effect_unknown) {
      open_[trace.key] = trace;
    } else if (trace.outcome == Kind::returned) {
      open_.erase(trace.key);
    }
  }
  std::vector<calls::CallTrace> finish() {
    end_chat();
    std::ranges::sort(found_, {}, [](const auto& trace) { return trace.began_at.ms; });
    return std::move(found_);
  }

 private:
  void end_chat() {
    for (auto& [key, trace] : open_) found_.push_back(std::move(trace));
    open_.clear();
  }

  std::string chat_;
  std::map<std::string, calls::CallTrace> open_;
  std::vector<calls::CallTrace> found_;
};

void print(const calls::CallTrace& trace) {
  std::cout << base::to_iso8601(trace.began_at) << "  " << trace.solution << "  " << trace.command
            << "  chat " << trace.chat_id << "  key " << trace.key << "\n    "
            << runtime::to_string(trace.outcome);
  if (!trace.message.empty()) std::cout << ": " << trace.message;
  const std::string hosts = hosts_of(trace);
  if (!hosts.empty()) std::cout << "; it had called " << hosts;
  std::cout << "\n";
}

int list_unknown(const ActionsOptions& options) {
  UnknownCalls unknown;
  const auto read = each_trace_beside_unknown(
      options.data, [&](std::string_view text) { return unknown.wants(text); },
      [&](const calls::CallTrace& trace) { unknown.take(trace); });
  if (!read) return complain("actions", read.error());
  const auto found = unknown.finish();
  if (!options.json) {
    for (const calls::CallTrace& trace : found) print(trace);
    std::cout << found.size() << (found.size() == 1 ? " call" : " calls")
              << " whose effect is not known\n";
    return 0;
  }
  std::cout << "[";
  for (size_t i = 0; i < found.size(); ++i) {
    std::cout << (i == 0 ? "" : ",\n ") << json::serialize_plain(calls::shown(found[i]));
  }
  std::cout << "]\n";
  return 0;
}

// The value that `share` of all are at or below.
double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<ptrdiff_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::ranges::nth_element(values, values.begin() + at);
  return values[static_cast<size_t>(at)];
}

double took_ms(const calls::CallTrace& trace) {
  std::chrono::microseconds exact{0};
  int64_t waited_ms = 0;
  for (const calls::AttemptRecord& attempt : trace.attempts) {
    exact += attempt.trace.queued + attempt.trace.ran;
    waited_ms += attempt.paused_ms + attempt.gate_ms;
  }
  // The runner's figures are finer than the clock's, where it gives any.
  if (exact.count() == 0) return static_cast<double>(trace.ended_at.ms - trace.began_at.ms);
  return static_cast<double>(exact.count()) / 1e3 + static_cast<double>(waited_ms);
}

// One node of one solution.
struct Row {
  std::string solution;
  std::string command;
  std::string node;
  size_t calls = 0;
  size_t attempts = 0;
  size_t failed = 0;
  size_t unknown = 0;
  std::vector<double> took_ms;    // of calls
  std::vector<double> waited_ms;  // of attempts, for their turn and for a worker

  void take(const calls::CallTrace& trace) {
    ++calls;
    failed += trace.outcome == Kind::returned ? 0 : 1;
    unknown += trace.effect_unknown ? 1 : 0;
    attempts += trace.attempts.size();
    took_ms.push_back(app::took_ms(trace));
    for (const calls::AttemptRecord& attempt : trace.attempts) {
      waited_ms.push_back(static_cast<double>(attempt.trace.queued.count()) / 1e3 +
                          static_cast<double>(attempt.gate_ms));
    }
  }
  double failed_percent() const {
    return calls == 0 ? 0 : 100.0 * static_cast<double>(failed) / static_cast<double>(calls);
  }
  double p50() const { return quantile(took_ms, 0.5); }
  double p99() const { return quantile(took_ms, 0.99); }
  double waited_p99() const { return quantile(waited_ms, 0.99); }
};

json::object to_json(const Row& row) {
  return {{"solution", row.solution}, {"command", row.command},
          {"node", row.node},         {"calls", row.calls},
          {"attempts", row.attempts}, {"failed_percent", row.failed_percent()},
          {"unknown", row.unknown},   {"p50_ms", row.p50()},
          {"p99_ms", row.p99()},      {"waited_p99_ms", row.waited_p99()}};
}

void print(const std::vector<Row>& rows) {
  std::cout << std::left << std::setw(20) << "solution" << std::setw(24) << "command"
            << std::setw(10) << "node" << std::right << std::setw(9) << "calls" << std::setw(9)
            << "failed" << std::setw(9) << "unknown" << std::setw(11) << "p50 ms" << std::setw(11)
            << "p99 ms" << std::setw(15) << "waited p99 ms" << "\n"
            << std::fixed << std::setprecision(1);
  for (const Row& row : rows) {
    std::cout << std::left << std::setw(19) << row.solution << " " << std::setw(23) << row.command
              << " " << std::setw(10) << row.node << std::right << std::setw(9) << row.calls
              << std::setw(8) << row.failed_percent() << "%" << std::setw(9) << row.unknown
              << std::setw(11) << row.p50() << std::setw(11) << row.p99() << std::setw(15)
              << row.waited_p99() << "\n";
  }
}

int list_nodes(const ActionsOptions& options) {
  SystemClock clock;
  const int64_t since =
      options.hours <= 0 ? 0 : clock.now().ms - static_cast<int64_t>(options.hours * 3'600'000);
  std::map<std::array<std::string, 3>, Row> nodes;
  const auto read = each_trace(
      options.data, calls::traces_of_all(), [](std::string_view) { return true; },
      [&](const calls::CallTrace& trace) {
        if (trace.began_at.ms < since) return;
        Row& row = nodes[{trace.solution, trace.command, trace.node}];
        row.solution = trace.solution;
        row.command = trace.command;
        row.node = trace.node;
        row.take(trace);
      });
  if (!read) return complain("actions", read.error());
  std::vector<Row> rows;
  for (auto& [name, row] : nodes) rows.push_back(std::move(row));
  // What fails most comes first, then what is slowest.
  std::ranges::sort(rows, std::greater(),
                    [](const Row& row) { return std::pair(row.failed_percent(), row.p99()); });
  if (!options.json) {
    print(rows);
    return 0;
  }
  json::array array;
  for (const Row& row : rows) array.push_back(to_json(row));
  print_json(std::move(array));
  return 0;
}

int list_quarantined(const ActionsOptions& options) {
  auto records = DeathFiles(options.data).all();
  std::erase_if(records, [](const calls::DeathRecord& one) { return !one.is_aside; });
  std::ranges::sort(records, {}, [](const calls::DeathRecord& one) { return one.at.ms; });
  if (options.json) {
    std::cout << "[";
    for (size_t i = 0; i < records.size(); ++i) {
      std::cout << (i == 0 ? "" : ",\n ") << json::serialize_plain(calls::shown(records[i]));
    }
    std::cout << "]\n";
    return 0;
  }
  for (const calls::DeathRecord& one : records) {
    std::cout << base::to_iso8601(one.at) << "  " << one.solution << "  " << one.command << "  "
              << (one.key.empty() ? "every call of version " + one.version : "key " + one.key)
              << "\n    " << one.deaths << " deaths, the last: " << one.message << "\n";
  }
  std::cout << records.size() << " put aside\n";
  return 0;
}

int release(const ActionsOptions& options) {
  DeathFiles files(options.data);
  size_t released = 0;
  for (const calls::DeathRecord& one : files.all()) {
    const std::string& name = one.key.empty() ? one.command : one.key;
    if (!one.is_aside || name != options.name) continue;
    files.forget(one.id());
    ++released;
  }
  if (released == 0) {
    return complain("actions", "nothing of that key or command is put aside: " + options.name, 1);
  }
  print_done(options.json, {{"released", released}}, "released " + std::to_string(released) + "\n");
  return 0;
}

}  // namespace

void add_actions_command(cli::App& cli, int& exit_code) {
  auto* actions =
      cli.add_subcommand("actions", "What the calls of action nodes came to. See also trace.");
  actions->require_subcommand(1);
  actions->footer("Works beside a running server.");
  auto options = std::make_shared<ActionsOptions>();
  const auto add = [&](const std::string& name, const std::string& help,
                       int (*run)(const ActionsOptions&)) {
    auto* command = actions->add_subcommand(name, help);
    add_data_option(*command, options->data);
    command->add_flag("--json", options->json,
                      name == "release" ? kOneJsonObject : "Print a JSON array");
    command->callback([run, &exit_code, options] { exit_code = run(*options); });
    return command;
  };
  add("unknown", "Calls that may have acted without anybody knowing, to be looked after by hand",
      list_unknown);
  add("quarantined", "Calls and commands put aside as workers or servers kept ending under them",
      list_quarantined);
  add("release", "Lets what was put aside run again; a running server notices by itself", release)
      ->add_option("KEY|COMMAND", options->name, "A call's key, or a command")
      ->required();
  add("list", "Every node: calls, share of failures, times; the worst first", list_nodes)
      ->add_option("--hours", options->hours, "Only calls of the last so many hours");
}

}  // namespace millrace::app
