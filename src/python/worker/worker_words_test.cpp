// What a worker may say, and what of it makes no sense whenever it is said.
#include "python/worker/worker_words.hpp"

#include <gtest/gtest.h>

namespace millrace::python {
namespace {

std::optional<WorkerWords> read(std::string_view text) {
  json::object frame = *json::parse_object(text);
  return read_words(frame);
}

TEST(PythonWords, AreReadByWhatTheyAreAbout) {
  EXPECT_TRUE(std::holds_alternative<SaysHere>(*read(R"({"here": 1})")));
  const auto line = read(R"({"log": {"nonce": "n", "level": "error", "text": "t", "cut": true}})");
  EXPECT_EQ(std::get<SaysLine>(*line).level, base::Level::error);
  EXPECT_EQ(std::get<SaysLine>(*line).line.text, "t");
  EXPECT_TRUE(std::get<SaysLine>(*line).line.cut);
  const auto odd = read(R"({"log": {"nonce": "n", "level": "shout", "text": "t", "cut": false}})");
  EXPECT_EQ(std::get<SaysLine>(*odd).level, base::Level::info);
  const auto seen = read(
      R"({"exchange": {"nonce": "n", "host": "h", "port": 443, "method": "GET", "status": 200,
          "took_ms": 5}})");
  EXPECT_EQ(std::get<SaysExchange>(*seen).exchange.port, 443);
  const auto end = read(R"({"end": {"nonce": "n", "kind": "returned", "result": {"a": 1}}})");
  EXPECT_EQ(json::serialize(*std::get<SaysEnd>(*end).result), R"({"a":1})");
  EXPECT_FALSE(std::get<SaysEnd>(*end).would_stay);
  const auto raised = read(R"({"end": {"nonce": "n", "kind": "raised", "message": "m"}})");
  EXPECT_EQ(std::get<SaysEnd>(*raised).message, "m");
  EXPECT_FALSE(std::get<SaysEnd>(*raised).result);
}

TEST(PythonWords, ThatMakeNoSenseAreNotRead) {
  for (const char* text : {
           "{}",
           R"({"end": 1})",
           R"({"end": {"kind": "returned"}})",
           R"({"end": {"nonce": "n", "kind": "returned"}})",
           R"({"end": {"nonce": "n", "kind": "returned", "result": 1}})",
           R"({"end": {"nonce": "n", "kind": "timed_out"}})",  // which only others can see
           R"({"end": {"nonce": "n", "kind": "crashed"}})",
           R"({"log": {"nonce": "n", "level": "info", "text": 1, "cut": false}})",
           R"({"log": {"level": "info", "text": "t", "cut": false}})",
           R"({"log": {"nonce": "n", "level": "info", "text": "t"}})",
       }) {
    EXPECT_FALSE(read(text)) << text;
  }
  const auto exchange = [](int64_t port, int64_t status, int64_t took_ms) {
    json::object frame{{"exchange",
                        {{"nonce", "n"},
                         {"host", "h"},
                         {"port", port},
                         {"method", "GET"},
                         {"status", status},
                         {"took_ms", took_ms}}}};
    return read_words(frame).has_value();
  };
  EXPECT_TRUE(exchange(65'535, 999, 86'400'000));
  EXPECT_FALSE(exchange(65'536, 200, 1));
  EXPECT_FALSE(exchange(-1, 200, 1));
  EXPECT_FALSE(exchange(1, 1'000, 1));
  EXPECT_FALSE(exchange(1, 200, -1));
  EXPECT_FALSE(exchange(1, 200, 86'400'001));
}

}  // namespace
}  // namespace millrace::python
