// The example's action node against a small server that stands for Braze, behind the proxy. The
// server answers what it was told to, and gives back what it was asked.

#include <deque>
#include <sstream>

#include "tests/support/python_proxy.hpp"

namespace millrace::python::testing {
namespace {

struct Answer {
  int status = 201;
  json::object body;
};

class BrazeExample {
 public:
  explicit BrazeExample(std::string url = "http://braze.example/")
      : proxy_(folder_.path() / "proxy", nullptr,
               [this](Peer& peer, const std::string&) { serve_all(peer); }) {
    const std::filesystem::path example = MILLRACE_SOURCE_DIR "/examples/braze-profile";
    for (const char* const file : {"app.py", "action_nodes/BrazeExample.py"}) {
      std::filesystem::copy_file(example / file, folder_.path() / file);
    }
    VersionFolder version{"v1", folder_.path(), "sandbox", {{"BRAZE_API_KEY", "planted-key"}}};
    version.variables["BRAZE_URL"] = std::move(url);
    version.proxy_socket = proxy_.file();
    bench_.emplace(std::move(version));
  }

  // Says what the server is to answer; gives what it was asked since.
  json::array serve(std::vector<Answer> given) {
    const std::lock_guard lock(mutex_);
    answers_.assign(given.begin(), given.end());
    return std::exchange(asked_, {});
  }

  std::string run(bool uncertain = false) {
    auto call = Bench::call("BrazeExample", {{"external_id", "u-1"},
                                             {"first_name", "Ada"},
                                             {"email", "ada@example.org"},
                                             {"dob", "None"},
                                             {"home_city", ""}});
    call.context["now"] = "2026-01-02T03:04:05.678Z";
    call.uncertain = uncertain;
    // The script looks at the real time.
    call.policy.time_limit = std::chrono::hours(24 * 365 * 100);
    return text_of(bench_->run(std::move(call)));
  }

  // Without what the pool says of a machine that has much to do.
  std::string log() {
    std::istringstream lines(bench_->log.text());
    std::string out;
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("python: ")) out += line + "\n";
    }
    return out;
  }

 private:
  void serve_all(Peer& peer) {
    for (std::string request = peer.read_message(); !request.empty();
         request = peer.read_message()) {
      const std::lock_guard lock(mutex_);
      asked_.push_back(what_was_asked(request));
      if (answers_.empty()) return;
      peer.write(http_answer(answers_.front().status, json::serialize(answers_.front().body)));
      answers_.pop_front();
    }
  }

  static json::object what_was_asked(const std::string& request) {
    const size_t path = request.find(' ') + 1;
    const size_t key = request.find("Authorization: ") + 15;
    const auto body = json::parse(request.substr(request.find("\r\n\r\n") + 4));
    return {{"path", request.substr(path, request.find(' ', path) - path)},
            {"key", request.substr(key, request.find('\r', key) - key)},
            {"body", body ? *body : json::value()}};
  }

  std::mutex mutex_;  // guards what the server says and was asked
  std::deque<Answer> answers_;
  json::array asked_;
  Folder folder_;
  Proxy proxy_;
  std::optional<Bench> bench_;
};

const json::object kSuccess{{"message", "success"}};
constexpr std::string_view kTrue = R"({"success":"true"})";
constexpr std::string_view kError = R"({"success":"error"})";
constexpr std::string_view kUnknown =
    R"({"success":"unknown","EVENT_TIME":"2026-01-02T03:04:05.678Z"})";

TEST(PythonBrazeExample, PostsTheProfileAndOneEvent) {
  BrazeExample example;
  example.serve({{201, kSuccess}});
  EXPECT_EQ(example.run(), kTrue);
  EXPECT_EQ(json::serialize(json::value(example.serve({}))),
            R"([{"path":"/users/track","key":"Bearer planted-key","body":{)"
            R"("attributes":[{"external_id":"u-1","first_name":"Ada","email":"ada@example.org"}],)"
            R"("events":[{"external_id":"u-1","name":"signup_conversation_completed",)"
            R"("time":"2026-01-02T03:04:05.678Z","properties":{"idempotency_key":"key-1",)"
            R"("conversation_id":"chat-1"}}],"partner":"pypestream"}}])");
  EXPECT_FALSE(example.log().contains("BrazeExample")) << example.log();
}

TEST(PythonBrazeExample, TakesNothingButFullSuccessForSuccess) {
  BrazeExample example;
  const json::object partly{
      {"message", "success"},
      {"errors", json::array{json::object{{"type", "'time' is not valid"}, {"index", 0}}}}};
  const std::vector<Answer> answers{{201, partly},
                                    {400, {{"message", "Valid data must be provided"}}},
                                    {401, {{"message", "Invalid API key: planted-key"}}},
                                    {404, {{"message", "Invalid URL"}}},
                                    {429, {{"message", "slow down"}}},
                                    {500, {{"message", "Ada"}}},
                                    {201, {{"message", "queued"}}}};
  for (const Answer& answer : answers) {
    example.serve({answer});
    EXPECT_EQ(example.run(), kError) << answer.status;
  }
  const std::string log = example.log();
  EXPECT_TRUE(log.contains("answered 201: 'time' is not valid")) << log;
  EXPECT_TRUE(log.contains("answered 401\n")) << log;
  for (const char* const hidden : {"planted", "key", "Ada", "Valid data"}) {
    EXPECT_FALSE(log.contains(hidden)) << log;
  }
}

TEST(PythonBrazeExample, SaysErrorWhenNobodyAnswers) {
  BrazeExample example("");
  EXPECT_EQ(example.run(), kError);  // the address is not set
  EXPECT_EQ(example.log(), "chat-1: BrazeExample: MissingSchema\n");
}

Answer profile_with(std::string_view event, std::string_view last) {
  return {201,
          json::object{
              {"message", "success"},
              {"users",
               json::array{json::object{
                   {"external_id", "u-1"},
                   {"custom_events", json::array{json::object{{"name", event},
                                                              {"first", "2025-01-01T00:00:00.000Z"},
                                                              {"last", last},
                                                              {"count", 2}}}}}}}}};
}

TEST(PythonBrazeExample, DoesNotPostAgainWhatArrived) {
  BrazeExample example;
  example.serve({profile_with("signup_conversation_completed", "2026-01-02T03:04:05.678+00:00")});
  EXPECT_EQ(example.run(true), kTrue);
  const json::array asked = example.serve({});
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(json::serialize(asked[0]),
            R"({"path":"/users/export/ids","key":"Bearer planted-key","body":{)"
            R"("external_ids":["u-1"],"fields_to_export":["external_id","custom_events"]}})");
}

TEST(PythonBrazeExample, PostsWhatDidNotArrive) {
  BrazeExample example;
  for (const Answer& profile :
       {profile_with("signup_conversation_completed", "2026-01-01T00:00:00.000Z"),
        profile_with("another_event", "2026-01-02T03:04:05.678Z")}) {
    example.serve({profile, {201, kSuccess}});
    EXPECT_EQ(example.run(true), kTrue);
    const json::array asked = example.serve({});
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_EQ(json::get_string(asked[1].get_object(), "path"), "/users/track");
  }
}

TEST(PythonBrazeExample, DoesNotPostWhenItCannotTell) {
  BrazeExample example;
  example.serve({{500, {}}});
  EXPECT_EQ(example.run(true), kUnknown);
  EXPECT_EQ(example.serve({}).size(), 1u);
  EXPECT_EQ(example.log(), "chat-1: BrazeExample: LookupFailed\n");
}

}  // namespace
}  // namespace millrace::python::testing
