// What the sandbox's tests stand on: a store in memory whose batches can be held back or fail, a
// clock and lanes that do what they are told, and short ways to say a request.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "base/json.hpp"
#include "braze/braze.hpp"

namespace millrace::braze {

// Keeps everything in memory; a batch is durable at once, or when `release` is called.
class MemoryStore final : public base::KeyValueStore {
 public:
  base::Result<std::optional<std::string>> get(std::string_view key) override {
    ++gets;
    if (reads_fail) return base::fail(base::Code::unavailable, "the disk is away");
    const auto found = pairs_.find(key);
    return found == pairs_.end() ? std::nullopt : std::optional(found->second);
  }
  base::Result<std::vector<std::pair<std::string, std::string>>> scan(std::string_view prefix,
                                                                      std::string_view after,
                                                                      size_t limit) override {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [key, value] : pairs_) {
      if (key.starts_with(prefix) && key > after && out.size() < limit)
        out.emplace_back(key, value);
    }
    return out;
  }
  void commit(base::KeyValueBatch batch, Done done) override {
    waiting_.emplace_back(std::move(batch), std::move(done));
    if (!holds) release();
  }
  // The oldest ones, so many of them.
  void release(size_t most = SIZE_MAX) {
    for (; most > 0 && !waiting_.empty(); --most) {
      auto [batch, done] = std::move(waiting_.front());
      waiting_.pop_front();
      if (fails) {
        done(base::fail(base::Code::unavailable, "the disk is full"));
        continue;
      }
      for (auto& [key, value] : batch.writes) {
        if (value) {
          pairs_[key] = *value;
        } else {
          pairs_.erase(key);
        }
      }
      done({});
    }
  }
  size_t waiting() const { return waiting_.size(); }
  // As a crash does.
  void lose_what_waits() { waiting_.clear(); }

  bool holds = false;
  bool fails = false;
  bool reads_fail = false;
  int gets = 0;

 private:
  std::map<std::string, std::string, std::less<>> pairs_;
  std::deque<std::pair<base::KeyValueBatch, Done>> waiting_;
};

// Keeps records in memory; each is durable at once, or when `release` is called.
class MemoryLog final : public base::RecordLog {
 public:
  base::Result<uint64_t> each(const Each& each) override {
    for (const auto& [number, record] : kept_) {
      if (auto done = each(number, record); !done) return std::unexpected(done.error());
    }
    return last_;
  }
  void append(uint64_t number, std::string record, Done done) override {
    waiting_.push_back({number, std::move(record), std::move(done)});
    if (!holds) release();
  }
  void drop(uint64_t through) override {
    if (!keeps_dropped) kept_.erase(kept_.begin(), kept_.upper_bound(through));
  }

  void release(size_t most = SIZE_MAX) {
    for (; most > 0 && !waiting_.empty(); --most) {
      Waiting one = std::move(waiting_.front());
      waiting_.pop_front();
      if (fails || one.number != last_ + 1) {
        one.done(base::fail(base::Code::unavailable, "the disk is full"));
        continue;
      }
      last_ = one.number;
      kept_[one.number] = std::move(one.record);
      one.done({});
    }
  }
  size_t waiting() const { return waiting_.size(); }
  void lose_what_waits() { waiting_.clear(); }
  size_t records() const { return kept_.size(); }

  bool holds = false;
  bool fails = false;
  bool keeps_dropped = false;  // they come back, as they may

 private:
  struct Waiting {
    uint64_t number = 0;
    std::string record;
    Done done;
  };
  std::map<uint64_t, std::string> kept_;
  uint64_t last_ = 0;
  std::deque<Waiting> waiting_;
};

class TestClock final : public base::Clock {
 public:
  base::Timestamp now() override { return at; }
  base::Timestamp at = *base::parse_iso8601("2026-01-02T03:04:05.678Z");
};
class TestLanes final : public base::Lanes {
 public:
  size_t count() const override { return 1; }
  void run_on(size_t lane, base::Task task) override { run_after(lane, {}, std::move(task)); }
  void run_after(size_t, std::chrono::milliseconds delay, base::Task task) override {
    delays.push_back(delay);
    tasks.push_back(std::move(task));
  }
  std::vector<std::chrono::milliseconds> delays;
  std::vector<base::Task> tasks;
};
class CountingRandom final : public base::Random {
 public:
  // Never the same eight bytes twice: ids must differ.
  void fill(std::span<uint8_t> bytes) override {
    const uint64_t number = next_++;
    for (size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<uint8_t>(number >> (8 * (i % 8)));
    }
  }

 private:
  std::atomic<uint64_t> next_ = 1;
};

struct Answer {
  int status = 0;  // 0: not answered
  std::string body;
  std::map<std::string, std::string> headers;
  std::string diagnostics() const {
    const auto found = headers.find("X-Sandbox-Diagnostics");
    return found == headers.end() ? "" : found->second;
  }
};

inline web::Request inspect(std::string method, std::string path, std::string body = "",
                            std::string host = "127.0.0.1:9000") {
  return {std::move(method),
          std::move(path),
          "",
          {{"Host", std::move(host)}, {"Content-Type", "application/json"}},
          std::move(body),
          ""};
}

class Bench {
 public:
  explicit Bench(SandboxOptions options = {}) {
    options.keys = {{"K", {"*"}, "main"}, {"EXPORT", {"users.export.ids"}}};
    sandbox = std::make_unique<Sandbox>(store, log, clock, lanes, random, std::move(options));
  }

  std::shared_ptr<Answer> send(web::Request request) {
    auto answer = std::make_shared<Answer>();
    sandbox->handle(std::move(request), [answer](web::Response response) {
      answer->status = response.status;
      answer->body = std::move(response.body);
      for (auto& header : response.headers) answer->headers[header.name] = header.value;
    });
    return answer;
  }

  static web::Request request(std::string path, std::string body,
                              std::string authorization = "Bearer K") {
    web::Request request{
        "POST",          std::move(path), "", {{"Content-Type", "application/json"}},
        std::move(body), "127.0.0.1"};
    if (!authorization.empty()) request.headers.push_back({"Authorization", authorization});
    return request;
  }

  Answer track(std::string body, std::string authorization = "Bearer K") {
    return *send(request("/users/track", std::move(body), std::move(authorization)));
  }

  // The profile with that external_id, or an empty object.
  json::object profile(const std::string& external_id) {
    const auto answer =
        send(request("/users/export/ids", R"({"external_ids":[")" + external_id + R"("]})"));
    const auto parsed = json::parse_object(answer->body);
    const auto* users = json::get_array(*parsed, "users");
    return users->empty() ? json::object() : users->front().get_object();
  }
  // All of them, as the inspector lists them.
  json::array profiles() {
    const auto answer = send(inspect("GET", "/_sandbox/profiles"));
    return *json::get_array(*json::parse_object(answer->body), "profiles");
  }
  std::string field(const std::string& external_id, std::string_view name) {
    const auto found = profile(external_id);
    const auto* value = found.if_contains(name);
    return value == nullptr ? "absent" : json::serialize(*value);
  }
  std::string custom(const std::string& external_id, std::string_view name) {
    const auto found = profile(external_id);
    const auto* value = found.at("custom_attributes").get_object().if_contains(name);
    return value == nullptr ? "absent" : json::serialize(*value);
  }

  MemoryStore store;
  MemoryLog log;
  TestClock clock;
  TestLanes lanes;
  CountingRandom random;
  std::unique_ptr<Sandbox> sandbox;
};

inline std::string attribute(const std::string& rest) {
  return R"({"attributes":[{"external_id":"u",)" + rest + "}]}";
}
inline std::string event(const std::string& rest) {
  return R"({"events":[{"external_id":"u",)" + rest + "}]}";
}
inline std::string many(std::string_view array, int count) {
  std::string out = "\"" + std::string(array) + "\":[";
  for (int i = 0; i < count; ++i) {
    if (i > 0) out += ",";
    out += R"({"external_id":"u","name":"e","time":"2026-01-01T00:00:00Z","product_id":"p",)"
           R"("currency":"EUR","price":1})";
  }
  return out + "]";
}

}  // namespace millrace::braze
