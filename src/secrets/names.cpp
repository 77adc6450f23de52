#include <algorithm>

#include "secrets/secrets.hpp"

namespace millrace::secrets {
namespace {

constexpr std::string_view kMark = "${secret:";
constexpr size_t kNamesMax = 1'000;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameBytesMax && is_letter(text.front()) &&
         std::ranges::all_of(text, [](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names;
  for (size_t at = text.find(kMark); at != std::string_view::npos; at = text.find(kMark, at)) {
    at += kMark.size();
    const std::string_view rest = text.substr(at, kNameBytesMax + 1);
    const std::string_view name = rest.substr(0, rest.find('}'));
    if (name.size() < rest.size() && is_name(name)) names.emplace_back(name);
  }
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  if (names.size() > kNamesMax) names.resize(kNamesMax);
  return names;
}

}  // namespace millrace::secrets
