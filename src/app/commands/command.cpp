#include "app/commands/command.hpp"

#include <algorithm>
#include <iostream>

namespace millrace::app {

int complain(std::string_view command, std::string_view text, int exit_code) {
  std::cerr << "millrace " << command << ": " << text << "\n";
  return exit_code;
}

int complain(std::string_view command, const base::Error& error, int exit_code) {
  return complain(command, error.describe(), exit_code);
}

void print_problems(const std::vector<flow::Problem>& problems) {
  for (const flow::Problem& problem : problems) std::cerr << problem.describe() << "\n";
}

std::string shell_word(std::string_view text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:/").contains(c);
  };
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string counted(size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

MayBeMade::MayBeMade(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::error_code failed;
  if (std::filesystem::exists(folder_, failed) || failed) folder_.clear();
}

MayBeMade::~MayBeMade() {
  std::error_code ignored;
  // Of a folder that is not empty nothing is removed.
  if (!folder_.empty()) std::filesystem::remove(folder_, ignored);
}

}  // namespace millrace::app
