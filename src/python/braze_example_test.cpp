// The example's action node against a small server that stands for Braze. The server is an action
// node too: with one worker it lives in the same process, answers what it was told to, and gives
// back what it was asked.

#include "python/testing.hpp"

namespace millrace::python::testing {
namespace {

constexpr std::string_view kStub = R"(
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from .. import app

answers = []
requests = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        requests.append({'path': self.path, 'key': self.headers['Authorization'],
                         'body': json.loads(body)})
        status, answer = answers.pop(0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *given):
        pass


server = HTTPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()


class Stub:
    def execute(self, log, payload=None, context=None):
        app.PARAMS['sandbox']['braze_url'] = 'http://127.0.0.1:{}/'.format(server.server_port)
        answers[:] = payload['answers']
        asked = list(requests)
        requests.clear()
        return {'asked': asked}
)";

struct Answer {
  int status = 201;
  json::object body;
};

class BrazeExample {
 public:
  BrazeExample() {
    const std::filesystem::path example = MILLRACE_SOURCE_DIR "/examples/braze-profile";
    folder_.node("Stub", kStub);
    for (const char* const file : {"app.py", "action_nodes/BrazeExample.py"}) {
      std::filesystem::copy_file(example / file, folder_.path() / file);
    }
    PoolOptions options;
    options.workers_max = 1;
    bench_.emplace(folder_, options, "sandbox",
                   std::map<std::string, std::string>{{"BRAZE_API_KEY", "planted-key"}});
  }

  // Says what the server is to answer; gives what it was asked since.
  json::array serve(const std::vector<Answer>& given) {
    json::array answers;
    for (const Answer& answer : given) {
      json::array pair;
      pair.emplace_back(answer.status);
      pair.emplace_back(answer.body);
      answers.emplace_back(std::move(pair));
    }
    const auto outcome = bench_->run("Stub", {{"answers", std::move(answers)}});
    const auto* const asked = json::get_array(outcome.result, "asked");
    EXPECT_NE(asked, nullptr) << outcome.message;
    return asked == nullptr ? json::array() : *asked;
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
    call.time_limit = std::chrono::hours(24 * 365 * 100);
    return text_of(bench_->run(std::move(call)));
  }

  std::string log() { return bench_->log.all(); }

 private:
  Folder folder_;
  std::optional<Bench> bench_;
};

const json::object kSuccess{{"message", "success"}};
constexpr std::string_view kTrue = R"({"success":"true"})";
constexpr std::string_view kError = R"({"success":"error"})";

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
  EXPECT_EQ(example.log(), "");
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
  BrazeExample example;
  EXPECT_EQ(example.run(), kError);  // the address is not set yet
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
  EXPECT_EQ(example.run(true), kError);
  EXPECT_EQ(example.serve({}).size(), 1u);
  EXPECT_EQ(example.log(), "chat-1: BrazeExample: LookupFailed\n");
}

}  // namespace
}  // namespace millrace::python::testing
