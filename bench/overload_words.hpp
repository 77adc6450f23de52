// What overload_load is told on its command line, and what it reads of an HTTP answer.
#pragma once

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::bench {

struct Options {
  int port = 0;
  std::string app;
  int people = 64;
  double rate = 0;  // messages a second, of all together; 0: the next as soon as one is answered
  double seconds = 10;
  std::string name = "a";
  bool counted = true;
};

inline Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view key = argv[i];
    if (key == "--uncounted") {
      options.counted = false;
      continue;
    }
    const std::string value = i + 1 < argc ? argv[++i] : "";
    if (key == "--port") options.port = std::atoi(value.c_str());
    if (key == "--app") options.app = value;
    if (key == "--people") options.people = std::atoi(value.c_str());
    if (key == "--rate") options.rate = std::atof(value.c_str());
    if (key == "--seconds") options.seconds = std::atof(value.c_str());
    if (key == "--name") options.name = value;
  }
  return options;
}

struct Answer {
  int status = 0;
  bool has_retry_after = false;
  std::string_view body;
};

// nullopt: not whole yet.
inline std::optional<Answer> read_answer(std::string_view text) {
  const auto head_end = text.find("\r\n\r\n");
  if (head_end == text.npos) return std::nullopt;
  const auto head = text.substr(0, head_end);
  Answer answer;
  std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  size_t length = 0;
  if (const auto at = head.find("Content-Length: "); at != head.npos) {
    std::from_chars(head.data() + at + 16, head.data() + head.size(), length);
  }
  answer.has_retry_after = head.find("Retry-After: ") != head.npos;
  if (text.size() < head_end + 4 + length) return std::nullopt;
  answer.body = text.substr(head_end + 4, length);
  return answer;
}

}  // namespace millrace::bench
