#include "app/wire/one_call.hpp"

#include <future>

#include "app/wire/data/temporary_folder.hpp"
#include "app/wire/receivers.hpp"
#include "app/wire/system.hpp"
#include "base/meter.hpp"
#include "lanes/lanes.hpp"
#include "solutions/folder.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr std::string_view kVersion = "run";

base::Result<void> check_there(const solutions::Loaded& loaded, const std::string& name) {
  const std::string file = "action_nodes/" + name + ".py";
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

runtime::ActionCall make_call(const solutions::Loaded& loaded, OneCall& from, base::Timestamp now) {
  runtime::ActionCall call;
  call.version = kVersion;
  call.solution = loaded.program ? loaded.program->solution : from.solution;
  call.node = "run";
  call.command = from.command;
  call.chat_id = "run-" + std::to_string(now.ms);
  call.idempotency_key = call.chat_id + ":1:1";
  call.payload = std::move(from.payload);
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
  for (auto& member : from.context) call.context[member.key()] = std::move(member.value());
  return call;
}

// What the scripts' sandbox needs to know, also when the flow is broken for all we care.
ScriptVersion scripts_of(const solutions::Loaded& loaded) {
  ScriptVersion version = script_version(
      loaded.program ? *loaded.program : flow::declared_settings(loaded.files, receivers()));
  version.hash = kVersion;
  return version;
}

OneRan run_in(ActionEdge& edge, runtime::ActionCall call) {
  std::promise<runtime::ActionOutcome> promise;
  auto future = promise.get_future();
  const auto began = std::chrono::steady_clock::now();
  edge.actions().call(std::move(call), [&promise](runtime::ActionOutcome outcome) {
    promise.set_value(std::move(outcome));
  });
  OneRan ran{future.get(), 0};
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  ran.ms = took.count();
  return ran;
}

}  // namespace

base::Result<OneRan> run_one(const solutions::Loaded& loaded, OneCall call, base::Log& log) {
  if (auto there = check_there(loaded, call.command); !there) {
    return std::unexpected(there.error());
  }
  SystemClock clock;
  SystemRandom random;
  base::NoMeter meter;
  // As a version is installed: with the library's scripts, without what is no part of it.
  const auto folder = TemporaryFolder::make();
  if (!folder) return std::unexpected(folder.error());
  auto installed =
      solutions::install_files(folder->path() / "versions", std::string(kVersion), loaded.files);
  if (!installed) return std::unexpected(installed.error());
  std::error_code failed;
  if (!call.packages.empty()) {
    fs::create_directories(call.packages, failed);
    fs::create_directory_symlink(call.packages, folder->path() / "packages", failed);
    if (failed) return fail(Code::unavailable, failed.message(), call.packages.string());
  }
  const auto lanes = lanes::IoLanes::make(1);
  lanes->start();
  ActionOptions options;
  options.data = folder->path();
  options.environment = call.environment;
  options.workers_max = 1;
  options.world = call.world;
  auto edge = ActionEdge::open(std::move(options), {*lanes, clock, random, log, meter});
  if (!edge) {
    lanes->stop();
    return std::unexpected(edge.error());
  }
  auto added = (*edge)->add_version(scripts_of(loaded), *installed, call.given, call.rights);
  base::Result<OneRan> ran = added ? run_in(**edge, make_call(loaded, call, clock.now()))
                                   : base::Result<OneRan>(std::unexpected(added.error()));
  (*edge)->stop();
  lanes->stop();
  return ran;
}

}  // namespace millrace::app
