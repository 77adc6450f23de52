// What the commands share. A command's options are made with std::make_shared and held by its
// callback, so that they live as long as the command and no longer.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "app/wire/options.hpp"
#include "base/result.hpp"
#include "flow/flow.hpp"

namespace millrace::app {

// "millrace COMMAND: text" on standard error. Gives the exit code; 2: nothing could be done.
int complain(std::string_view command, std::string_view text, int exit_code = 2);
int complain(std::string_view command, const base::Error& error, int exit_code = 2);

// Each on a line of its own, on standard error.
void print_problems(const std::vector<flow::Problem>& problems);

// "1 node", "2 nodes".
std::string counted(size_t count, std::string_view what);

// A folder that a command may have to make: where it was not there before, and nothing has come to
// lie in it, it goes again.
class MayBeMade {
 public:
  explicit MayBeMade(std::filesystem::path folder);
  ~MayBeMade();
  MayBeMade(const MayBeMade&) = delete;
  MayBeMade& operator=(const MayBeMade&) = delete;

 private:
  std::filesystem::path folder_;  // "" = it was there
};

// The text as one word of a POSIX shell, in quotes where it needs them: for commands that are given
// to be typed.
std::string shell_word(std::string_view text);

// A check for an option that also stores what is read, in a place that must live as long as the
// command.
template <typename Value>
auto stored(Value& into, base::Result<Value> (*read)(std::string_view)) {
  return [&into, read](const std::string& text) -> std::string {
    auto value = read(text);
    if (!value) return value.error().message;
    into = std::move(*value);
    return {};
  };
}
inline auto endpoint_into(Endpoint& endpoint) {
  return stored(endpoint, parse_endpoint);
}

}  // namespace millrace::app
