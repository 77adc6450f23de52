// `millrace trace`: what the action nodes of one chat did, when, and how long it took.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/trace_files.hpp"
#include "base/id.hpp"
#include "base/json_plain.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

struct TraceOptions {
  std::string chat;
  fs::path data;
  bool json = false;
};

int show(const TraceOptions& options) {
  const auto id = base::Id::parse(options.chat);
  const std::string chat = id ? id->to_string() : options.chat;
  size_t count = 0;
  const auto read = each_trace(
      options.data, calls::traces_of_chat(chat), [](std::string_view) { return true; },
      [&](const calls::CallTrace& trace) {
        if (options.json) {
          std::cout << (count == 0 ? "[" : ",\n ") << json::serialize_plain(calls::shown(trace));
        } else {
          std::cout << describe(trace);
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
