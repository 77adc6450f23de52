// `millrace action run`: one action node, run as the server would run it, with what it logs and how
// long it takes. And the group that `action new` is in as well.
#include <future>
#include <iomanip>
#include <iostream>
#include <mutex>
#include <sstream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/wire/action_edge.hpp"
#include "app/wire/data/temporary_folder.hpp"
#include "app/wire/receivers.hpp"
#include "app/wire/system.hpp"
#include "base/level_names.hpp"
#include "http/http.hpp"
#include "posix/files.hpp"
#include "solutions/folder.hpp"
#include "solutions/new_action.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
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

constexpr std::string_view kVersion = "run";

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
base::Result<void> check_script(const solutions::Loaded& loaded, const std::string& name) {
  const std::string file = "action_nodes/" + name + ".py";
  for (const flow::Problem& problem : loaded.problems) {
    const bool concerns =
        problem.file == file || problem.file == "app.py" || problem.file == "solution.yaml";
    if (concerns) std::cerr << problem.describe() << "\n";
  }
  if (loaded.files.contains(file)) return {};
  std::string known;
  for (const std::string& script : loaded.facts.scripts) {
    known += (known.empty() ? "" : ", ") + script;
  }
  const bool is_native = flow::find_native(name) != nullptr ||
                         delivery::command_of(receivers(), name).command != nullptr;
  return fail(Code::not_found,
              is_native
                  ? "'" + name + "' is a built-in command; it runs inside the engine"
                  : "there is no " + file + "; there is: " + (known.empty() ? "none" : known));
}

base::Result<runtime::ActionCall> make_call(const RunOptions& options,
                                            const solutions::Loaded& loaded, base::Timestamp now) {
  auto payload = object_from(options.payload, "--payload");
  if (!payload) return std::unexpected(payload.error());
  auto given = object_from(options.context, "--context");
  if (!given) return std::unexpected(given.error());
  runtime::ActionCall call;
  call.version = kVersion;
  call.solution = loaded.program ? loaded.program->solution : options.solution.filename().string();
  call.node = "run";
  call.command = options.name;
  call.chat_id = "run-" + std::to_string(now.ms);
  call.idempotency_key = call.chat_id + ":1:1";
  call.payload = std::move(*payload);
  if (loaded.program) {
    call.policy.time_limit = std::chrono::milliseconds(loaded.program->action_time_limit_ms);
  }
  call.context = {{"chat_id", call.chat_id},
                  {"session_id", call.chat_id},
                  {"consumer_id", "run"},
                  {"user_data", json::object()},
                  {"events", json::array()},
                  {"variables", json::object()},
                  {"last_message", ""},
                  {"locale", loaded.program ? loaded.program->locales.front() : "en"},
                  {"solution", call.solution},
                  {"version", kVersion},
                  {"now", base::to_iso8601(now)}};
  for (auto& member : *given) call.context[member.key()] = std::move(member.value());
  return call;
}

struct Ran {
  runtime::ActionOutcome outcome;
  double ms = 0;  // as seen from here, with the worker's start
  std::vector<std::string> lines;
};

// What the scripts' sandbox needs to know, also when the flow is broken for all we care.
ScriptVersion scripts_of(const solutions::Loaded& loaded) {
  ScriptVersion version = script_version(
      loaded.program ? *loaded.program : flow::declared_settings(loaded.files, receivers()));
  version.hash = kVersion;
  return version;
}

base::Result<Ran> run_in(ActionEdge& edge, runtime::ActionCall call) {
  std::promise<runtime::ActionOutcome> promise;
  auto future = promise.get_future();
  const auto began = std::chrono::steady_clock::now();
  edge.actions().call(std::move(call), [&promise](runtime::ActionOutcome outcome) {
    promise.set_value(std::move(outcome));
  });
  Ran ran{future.get(), 0, {}};
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  ran.ms = took.count();
  return ran;
}

base::Result<Ran> run_call(const RunOptions& options) {
  auto loaded = load_solution(options.solution, {.is_sandboxed = !options.world.unsafe_no_sandbox});
  if (!loaded) return std::unexpected(loaded.error());
  if (auto sound = check_script(*loaded, options.name); !sound) {
    return std::unexpected(sound.error());
  }
  SystemClock clock;
  SystemRandom random;
  base::NoMeter meter;
  auto call = make_call(options, *loaded, clock.now());
  if (!call) return std::unexpected(call.error());
  // As a version is installed: with the library's scripts, without what is no part of it.
  const auto folder = TemporaryFolder::make();
  if (!folder) return std::unexpected(folder.error());
  auto installed =
      solutions::install_files(folder->path() / "versions", std::string(kVersion), loaded->files);
  if (!installed) return std::unexpected(installed.error());
  ShownLog log(!options.json);
  const auto lanes = lanes::IoLanes::make(1);
  lanes->start();
  ActionOptions edge_options;
  edge_options.data = folder->path();
  edge_options.environment = options.environment;
  edge_options.workers_max = 1;
  edge_options.world = options.world;
  edge_options.world.secrets.data = options.data;
  auto edge = ActionEdge::open(std::move(edge_options), {*lanes, clock, random, log, meter});
  if (!edge) return std::unexpected(edge.error());
  if (auto added =
          (*edge)->add_version(scripts_of(*loaded), *installed, {}, secrets::Rights::all());
      !added) {
    return std::unexpected(added.error());
  }
  auto ran = run_in(**edge, std::move(*call));
  (*edge)->stop();
  lanes->stop();
  if (ran) ran->lines = log.lines();
  return ran;
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
    std::cout << json::serialize(ran.outcome.result) << "\n";
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
    std::cout << json::serialize(to_json(*ran)) << "\n";
  } else {
    print(*ran);
  }
  return ran->outcome.kind == Kind::returned ? 0 : 1;
}

int write_new(const RunOptions& options) {
  const auto written = solutions::write_action_node(options.solution, options.name, receivers());
  if (!written) return complain("action new", written.error(), 1);
  for (const fs::path& file : *written) std::cout << "wrote " << file.string() << "\n";
  std::cout << "Try it: millrace action run " << options.name << " --solution "
            << options.solution.string() << "\n";
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
  fresh->footer("Nothing that is there is written over.");
  fresh->callback([&exit_code, naming] { exit_code = write_new(*naming); });
}

}  // namespace millrace::app
