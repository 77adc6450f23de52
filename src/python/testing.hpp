// What the room's tests share: a solution in a folder of its own, a log that can be asked, and a
// pool whose calls can be awaited.
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

namespace millrace::python::testing {

using Kind = runtime::ActionOutcome::Kind;

// Longer than anything here takes; a test that waits so long has failed.
constexpr std::chrono::seconds kPatience{60};
constexpr int kPatienceMs = 60'000;

class Folder {
 public:
  Folder() {
    static std::atomic<int> last = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("millrace-python-" + std::to_string(::getpid()) + "-" + std::to_string(++last));
    std::filesystem::create_directories(path_ / "action_nodes");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
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
    std::ofstream(path_ / file) << text;
    return *this;
  }

  std::filesystem::path path_;
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

class FakeClock final : public base::Clock {
 public:
  base::Timestamp now() override { return {1'767'323'045'000}; }
};

class FakeLog final : public base::Log {
 public:
  struct Entry {
    base::Level level;
    std::string subject;
    std::string text;
  };

  void line(base::Level level, std::string_view subject, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    entries_.push_back({level, std::string(subject), std::string(text)});
    changed_.notify_all();
  }

  // All lines of a subject, joined with "|".
  std::string of(std::string_view subject) const {
    const std::lock_guard lock(mutex_);
    return joined(subject);
  }
  std::string all() const {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const Entry& entry : entries_) text += entry.subject + ": " + entry.text + "\n";
    return text;
  }
  size_t count(std::string_view subject) const {
    const std::lock_guard lock(mutex_);
    size_t count = 0;
    for (const Entry& entry : entries_) count += entry.subject == subject ? 1 : 0;
    return count;
  }
  std::vector<Entry> entries() const {
    const std::lock_guard lock(mutex_);
    return entries_;
  }
  // Waits until the lines of that subject contain the text.
  bool comes(std::string_view subject, std::string_view text) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return joined(subject).contains(text); });
  }

 private:
  std::string joined(std::string_view subject) const {
    std::string text;
    for (const Entry& entry : entries_) {
      if (entry.subject == subject) text += (text.empty() ? "" : "|") + entry.text;
    }
    return text;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> entries_;
};

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

  FakeClock clock;
  FakeLog log;
  std::unique_ptr<Pool> pool;  // goes first: it still writes to the log
};

inline std::string text_of(const runtime::ActionOutcome& outcome) {
  return json::serialize(outcome.result) + outcome.message;
}

}  // namespace millrace::python::testing
