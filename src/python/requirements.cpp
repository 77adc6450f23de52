#include "python/requirements.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::python {
namespace {

constexpr size_t kTextBytesMax = 256 << 10;
constexpr size_t kRequirementsMax = 500;
constexpr size_t kLineBytesMax = 500;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_allowed(char c) {
  return is_letter_or_digit(c) || std::string_view(" .-_[],<>=!~*+;()'\"").contains(c);
}

std::string_view without_comment(std::string_view line) {
  for (size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return line.substr(0, at);
  }
  return line;
}

}  // namespace

base::Result<std::vector<std::string>> read_requirements(std::string_view text) {
  if (text.size() > kTextBytesMax) {
    return base::fail(base::Code::invalid_argument, "longer than 256 KiB", "requirements.txt");
  }
  std::vector<std::string> all;
  int number = 0;
  for (const std::string_view whole : base::split(text, '\n')) {
    ++number;
    const std::string_view line = base::trim(without_comment(whole));
    if (line.empty()) continue;
    const std::string where = "requirements.txt line " + std::to_string(number);
    if (!is_letter_or_digit(line[0]) || line.size() > kLineBytesMax ||
        !std::ranges::all_of(line, is_allowed)) {
      return base::fail(base::Code::invalid_argument,
                        "not a package with its version, such as requests>=2.28; options, "
                        "addresses and paths are not accepted",
                        where);
    }
    if (all.size() >= kRequirementsMax) {
      return base::fail(base::Code::invalid_argument, "more than 500 packages", where);
    }
    all.emplace_back(line);
  }
  return all;
}

}  // namespace millrace::python
