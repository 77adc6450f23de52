// `millrace action run`: one action node, run as the server would run it, with what it logs and how
// long it takes. And the group that `action new` is in as well.
#include <iomanip>
#include <iostream>
#include <mutex>
#include <sstream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/listing.hpp"
#include "app/wire/one_call.hpp"
#include "app/wire/receivers.hpp"
#include "base/level_names.hpp"
#include "posix/files.hpp"
#include "solutions/new_action.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using Kind = runtime::CallOutcome;

struct RunOptions {
  std::string name;
  fs::path solution;
  std::string payload = "{}";
  std::string context = "{}";
  std::string environment = "sandbox";
  fs::path data;  // whose secrets it may have; "" = none of a store's
  WorldOptions world;
  bool json = false;
};

// Shows the script's lines as they come, and keeps them.
class ShownLog final : public base::Log {
 public:
  explicit ShownLog(bool is_shown) : is_shown_(is_shown) {}
  void line(base::Level level, std::string_view, std::string_view text) override {
    std::string line(base::kLevels(level));
    line += ": ";
    line += text;
    const std::lock_guard lock(mutex_);
    if (is_shown_) std::cerr << "  | " << line << "\n";
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  const bool is_shown_;
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

// JSON, or @FILE with JSON in it.
base::Result<json::object> object_from(const std::string& given, std::string_view option) {
  std::string text = given;
  if (given.starts_with('@')) {
    auto content = posix::read_file(given.substr(1));
    if (!content) return std::unexpected(content.error());
    text = std::move(*content);
  }
  auto object = json::parse_object(text);
  if (!object) object.error().where = std::string(option);
  return object;
}

// What concerns this script: its own problems, app.py's and solution.yaml's. The flow may be broken
// for all we care.
void print_problems_of(const solutions::Loaded& loaded, const std::string& name) {
  const std::string file = "action_nodes/" + name + ".py";
  for (const flow::Problem& problem : loaded.problems) {
    const bool concerns =
        problem.file == file || problem.file == "app.py" || problem.file == "solution.yaml";
    if (concerns) std::cerr << problem.describe() << "\n";
  }
}

struct Ran {
  runtime::ActionOutcome outcome;
  double ms = 0;  // as seen from here, with the worker's start
  std::vector<std::string> lines;
};

base::Result<Ran> run_call(const RunOptions& options) {
  const auto loaded =
      load_solution(options.solution, {.is_sandboxed = !options.world.unsafe_no_sandbox});
  if (!loaded) return std::unexpected(loaded.error());
  print_problems_of(*loaded, options.name);
  OneCall call;
  call.command = options.name;
  call.solution = options.solution.filename().string();
  auto payload = object_from(options.payload, "--payload");
  if (!payload) return std::unexpected(payload.error());
  call.payload = std::move(*payload);
  auto context = object_from(options.context, "--context");
  if (!context) return std::unexpected(context.error());
  call.context = std::move(*context);
  call.environment = options.environment;
  call.world = options.world;
  call.world.secrets.data = options.data;
  ShownLog log(!options.json);
  auto ran = run_one(*loaded, std::move(call), log);
  if (!ran) return std::unexpected(ran.error());
  return Ran{std::move(ran->outcome), ran->ms, log.lines()};
}

json::object to_json(const Ran& ran) {
  const runtime::AttemptTrace& trace = ran.outcome.trace;
  json::array exchanges;
  for (const web::Exchange& exchange : trace.exchanges) {
    exchanges.push_back(json::object{{"host", exchange.host},
                                     {"port", exchange.port},
                                     {"method", exchange.method},
                                     {"status", exchange.status},
                                     {"took_ms", exchange.took_ms},
                                     {"refused", exchange.refused}});
  }
  return {{"outcome", runtime::to_string(ran.outcome.kind)},
          {"result", ran.outcome.result},
          {"message", ran.outcome.message},
          {"lines", json::array(ran.lines.begin(), ran.lines.end())},
          {"exchanges", std::move(exchanges)},
          {"ran_ms", static_cast<double>(trace.ran.count()) / 1e3},
          {"whole_ms", ran.ms}};
}

void print(const Ran& ran) {
  const runtime::AttemptTrace& trace = ran.outcome.trace;
  for (const web::Exchange& exchange : trace.exchanges) {
    std::cerr << "  > " << exchange.method << " " << exchange.host << ":" << exchange.port << "  "
              << (exchange.refused.empty() ? std::to_string(exchange.status)
                                           : "not allowed: " + exchange.refused)
              << "\n";
  }
  std::ostringstream times;
  times << std::fixed << std::setprecision(1);
  if (trace.ran.count() > 0) times << static_cast<double>(trace.ran.count()) / 1e3 << " ms, ";
  times << ran.ms << " ms with the worker's start";
  std::cerr << runtime::to_string(ran.outcome.kind) << " in " << times.str() << "\n";
  if (ran.outcome.kind == Kind::returned) {
    print_json(ran.outcome.result);
  } else {
    std::cerr << ran.outcome.message << "\n";
  }
}

int run(const RunOptions& options) {
  const auto ran = run_call(options);
  if (!ran) {
    std::cerr << "millrace action run: " << ran.error().describe() << "\n";
    return 2;
  }
  if (options.json) {
    print_json(to_json(*ran));
  } else {
    print(*ran);
  }
  return ran->outcome.kind == Kind::returned ? 0 : 1;
}

int write_new(const RunOptions& options) {
  const auto written = solutions::write_action_node(options.solution, options.name, receivers());
  if (!written) return complain("action new", written.error(), 1);
  std::string words;
  json::array files;
  for (const fs::path& file : *written) {
    files.push_back(json::value(file.string()));
    words += "wrote " + file.string() + "\n";
  }
  print_done(options.json, {{"files", std::move(files)}},
             words + "Try it: millrace action run " + options.name + " --solution " +
                 shell_word(options.solution.string()) + "\n");
  return 0;
}

}  // namespace

void add_action_command(cli::App& cli, int& exit_code) {
  auto* action = cli.add_subcommand("action", "Write an action node, and run one from the shell.");
  action->require_subcommand(1);
  auto* command = action->add_subcommand(
      "run",
      "Run one action node as the server would, and show what it logs and how long it takes");
  auto options = std::make_shared<RunOptions>();
  command->add_option("NAME", options->name, "The action node: action_nodes/NAME.py")->required();
  command->add_option("--solution", options->solution, "The solution's folder")
      ->required()
      ->check(cli::kExistingDirectory);
  command->add_option("--payload", options->payload, "What the node is given: JSON, or @FILE")
      ->default_str("{}");
  command->add_option("--context", options->context, "Members of context: JSON, or @FILE")
      ->default_str("{}");
  command->add_option("--env", options->environment, "Which section of app.py's PARAMS it sees")
      ->default_str("sandbox")
      ->check(cli::OneOf({"sandbox", "live"}));
  command
      ->add_option("--data", options->data,
                   "A server's data folder, for the secrets that `millrace secret set` keeps there")
      ->check(cli::kExistingDirectory);
  add_world_options(*command, options->world);
  command->add_flag("--json", options->json, "Print all of it as one JSON object");
  command->footer(
      "The result is printed on standard output, all else on standard error. Exits 0 when the "
      "node\n"
      "returned, 1 when it did not, 2 when it could not be run.");
  command->callback([&exit_code, options] { exit_code = run(*options); });

  auto* fresh = action->add_subcommand("new", "Write action_nodes/NAME.py and a test beside it");
  auto naming = std::make_shared<RunOptions>();
  fresh->add_option("NAME", naming->name, "The command's name, which is also the class's")
      ->required();
  fresh->add_option("--solution", naming->solution, "The solution's folder")
      ->required()
      ->check(cli::kExistingDirectory);
  fresh->add_flag("--json", naming->json, kOneJsonObject);
  fresh->footer("Nothing that is there is written over.");
  fresh->callback([&exit_code, naming] { exit_code = write_new(*naming); });
}

}  // namespace millrace::app
