// What the sandbox's tests stand on: the sandbox in a world of fakes, and short ways to say a
// request.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/json_plain.hpp"
#include "braze/braze.hpp"
#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/lanes.hpp"
#include "tests/fakes/stores.hpp"

namespace millrace::braze {

struct Answer {
  int status = 0;  // 0: not answered
  std::string body;
  std::map<std::string, std::string> headers;
  bool is_dropped = false;
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
      answer->is_dropped = response.drops_connection;
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
    return value == nullptr ? "absent" : json::serialize_plain(*value);
  }
  std::string custom(const std::string& external_id, std::string_view name) {
    const auto found = profile(external_id);
    const auto* value = found.at("custom_attributes").get_object().if_contains(name);
    return value == nullptr ? "absent" : json::serialize_plain(*value);
  }

  fakes::MemoryStore store;
  fakes::MemoryRecords log;
  fakes::Clock clock{base::parse_iso8601("2026-01-02T03:04:05.678Z")->ms};
  fakes::HeldLanes lanes;
  fakes::CountingChance random;
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
