// For the tests of `python`: a solution in a folder of its own, and a pool whose calls can be
// awaited.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "python/python.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::python::testing {

using Kind = runtime::ActionOutcome::Kind;

// Longer than anything here takes; a test that waits so long has failed.
constexpr std::chrono::seconds kPatience{60};
constexpr int kPatienceMs = 60'000;

// The folder of a solution, made as the test goes.
class Folder {
 public:
  Folder() { std::filesystem::create_directories(path() / "action_nodes"); }

  const std::filesystem::path& path() const { return folder_.path; }
  Folder& app(std::string_view text) { return write("app.py", text); }
  Folder& node(const std::string& name, std::string_view text) {
    return write("action_nodes/" + name + ".py", text);
  }
  // A class of that name whose execute() has this body, indented by eight.
  Folder& body(const std::string& name, std::string_view lines) {
    return node(name, "class " + name +
                          ":\n    def execute(self, log, payload=None, context=None):\n" +
                          std::string(lines));
  }

 private:
  Folder& write(const std::string& file, std::string_view text) {
    std::ofstream(path() / file) << text;
    return *this;
  }

  fakes::Folder folder_;
};

inline constexpr std::string_view kApp = R"(
import os

NAME = 'Test'
BOTS = []
CSV_BOTS = ['Test']
PATH = os.path.dirname(__file__)
PARAMS = {
    'sandbox': {'url': 'https://braze.example', 'api_key': 'planted-api-key', 'retries': 3},
    'prod': {'url': 'https://live.example', 'api_key': os.environ.get('LIVE_KEY', '')},
}
)";

// A pool with one version, "v1", in the sandbox.
class Bench {
 public:
  explicit Bench(const Folder& folder, PoolOptions options = {},
                 std::string environment = "sandbox",
                 std::map<std::string, std::string> variables = {}) {
    auto started = Pool::start(options, clock, log);
    EXPECT_TRUE(started.has_value()) << started.error().describe();
    pool = std::move(*started);
    EXPECT_TRUE(
        pool->add_version({"v1", folder.path(), std::move(environment), std::move(variables)}));
  }
  // A version of one's own making; its hash must be "v1".
  explicit Bench(VersionFolder version, PoolOptions options = {}) {
    auto started = Pool::start(options, clock, log);
    EXPECT_TRUE(started.has_value()) << started.error().describe();
    pool = std::move(*started);
    EXPECT_TRUE(pool->add_version(std::move(version)));
  }

  static runtime::ActionCall call(std::string command, json::object payload = {}) {
    runtime::ActionCall call;
    call.version = "v1";
    call.command = std::move(command);
    call.chat_id = "chat-1";
    call.idempotency_key = "key-1";
    call.payload = std::move(payload);
    call.context["chat_id"] = "chat-1";
    call.policy.time_limit = kPatience;
    return call;
  }

  std::future<runtime::ActionOutcome> begin(runtime::ActionCall call) {
    std::promise<runtime::ActionOutcome> promise;
    auto future = promise.get_future();
    pool->call(std::move(call),
               [promise = std::move(promise)](runtime::ActionOutcome outcome) mutable {
                 promise.set_value(std::move(outcome));
               });
    return future;
  }

  static runtime::ActionOutcome end(std::future<runtime::ActionOutcome>& future) {
    if (future.wait_for(kPatience) != std::future_status::ready) {
      ADD_FAILURE() << "the call does not end";
      return {Kind::crashed, {}, "the call does not end"};
    }
    return future.get();
  }

  runtime::ActionOutcome run(runtime::ActionCall call) {
    auto future = begin(std::move(call));
    return end(future);
  }
  runtime::ActionOutcome run(std::string command, json::object payload = {}) {
    return run(call(std::move(command), std::move(payload)));
  }

  fakes::Clock clock;
  fakes::KeptLog log;
  std::unique_ptr<Pool> pool;  // goes first: it still writes to the log
};

inline std::string text_of(const runtime::ActionOutcome& outcome) {
  return json::serialize(outcome.result) + outcome.message;
}

}  // namespace millrace::python::testing
