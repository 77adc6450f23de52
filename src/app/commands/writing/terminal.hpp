// The terminal at which a person sits: what it can show, and lines read from it with editing and
// history, while other things may be shown above the line that is being typed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace millrace::app {

// Colours, where there are any: a terminal, and neither NO_COLOR nor TERM=dumb (no-color.org).
class Paint {
 public:
  explicit Paint(int descriptor);
  std::string bold(std::string_view text) const { return painted("1", text); }
  std::string dim(std::string_view text) const { return painted("2", text); }
  std::string red(std::string_view text) const { return painted("31", text); }
  std::string green(std::string_view text) const { return painted("32", text); }
  std::string yellow(std::string_view text) const { return painted("33", text); }
  std::string cyan(std::string_view text) const { return painted("36", text); }
  // Markdown as a terminal shows it; as it is where there are no colours.
  std::string markdown(std::string_view text) const;
  bool is_on() const { return is_on_; }

 private:
  std::string painted(std::string_view code, std::string_view text) const;
  bool is_on_;
};

// Lines of standard input. From a terminal they can be edited, and the arrows bring former ones
// back; from a pipe they are taken as they are. One at a time; only nudge() is thread-safe.
class LineReader {
 public:
  // `nudged` is called on the reading thread, after nudge(), before the next key: what it writes
  // stands above the line being typed.
  static base::Result<std::unique_ptr<LineReader>> make(std::function<void()> nudged);
  ~LineReader();

  bool is_terminal() const;
  // nullopt at the end of input.
  std::optional<std::string> read(const std::string& prompt);
  void nudge();

 private:
  struct Parts;
  explicit LineReader(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace millrace::app
