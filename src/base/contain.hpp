// For the few places where what is thrown, and what breaks a check, ends one piece of work instead
// of the process: a turn of one chat, say.
#pragma once

#include <exception>
#include <string>

namespace millrace::base {

// Thrown by MILLRACE_CHECK on a thread on which a ChecksThrow stands.
class BrokenCheck final : public std::exception {
 public:
  explicit BrokenCheck(std::string what) : what_(std::move(what)) {}
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  std::string what_;  // "src/dialog/turn/walk.cpp:40: condition"
};

// While one stands, a check that breaks on this thread throws BrokenCheck rather than to end the
// process. Whoever makes one catches, and keeps nothing of what was half done.
class ChecksThrow {
 public:
  ChecksThrow();
  ~ChecksThrow();
  ChecksThrow(const ChecksThrow&) = delete;
};

// What was thrown, for a log: its type, and of a broken check where it stands. Never what() of
// anything else, which may quote what people have said.
std::string name_of(const std::exception& thrown);

}  // namespace millrace::base
