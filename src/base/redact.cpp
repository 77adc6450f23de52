#include "base/redact.hpp"

#include <algorithm>
#include <vector>

#include "base/escape.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace millrace::base {
namespace {

constexpr size_t kShortestHidden = 3;

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

std::string json_escaped(std::string_view text) {
  const std::string quoted = json::serialize(json::value(text));
  return quoted.substr(1, quoted.size() - 2);
}

// Every spelling under which the values may appear, longest first so that a value inside another
// does not break the longer one.
std::vector<Sensitive> spellings(std::span<const Sensitive> sensitive) {
  std::vector<Sensitive> all;
  for (const Sensitive& item : sensitive) {
    if (item.value.size() < kShortestHidden) continue;
    for (std::string spelling :
         {item.value, json_escaped(item.value), percent_encode(item.value)}) {
      all.push_back({std::move(spelling), "[" + item.label + "]"});
    }
  }
  std::ranges::sort(
      all, [](const Sensitive& a, const Sensitive& b) { return a.value.size() > b.value.size(); });
  return all;
}

bool is_address_byte(char c) {
  constexpr std::string_view kBytes = ".!#$*+-^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kBytes.contains(c) || static_cast<unsigned char>(c) >= 0x80;
}

bool is_host_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

void hide_email_addresses(std::string& text) {
  constexpr std::string_view kLabel = "[email]";
  for (const std::string_view at_sign : {"@", "%40"}) {
    for (size_t at = text.find(at_sign); at != std::string::npos; at = text.find(at_sign, at)) {
      size_t begin = at;
      while (begin > 0 && is_address_byte(text[begin - 1])) --begin;
      size_t end = at + at_sign.size();
      while (end < text.size() && is_host_byte(text[end])) ++end;
      if (begin == at || end == at + at_sign.size()) {
        at += at_sign.size();
        continue;
      }
      text.replace(begin, end - begin, kLabel);
      at = begin + kLabel.size();
    }
  }
}

void hide_bearer_credentials(std::string& text) {
  constexpr std::string_view kScheme = "bearer ";
  for (size_t at = 0; at + kScheme.size() < text.size(); ++at) {
    if (!equals_ignoring_case(std::string_view(text).substr(at, kScheme.size()), kScheme)) continue;
    const size_t begin = at + kScheme.size();
    size_t end = begin;
    while (end < text.size() && !std::string_view(" \t\"',;}\\").contains(text[end])) ++end;
    if (end > begin) text.replace(begin, end - begin, "[redacted]");
    at = begin;
  }
}

}  // namespace

std::string redact(std::string_view text, std::span<const Sensitive> sensitive) {
  std::string out(text);
  for (const Sensitive& item : spellings(sensitive)) replace_all(out, item.value, item.label);
  hide_bearer_credentials(out);
  hide_email_addresses(out);
  // Written out rather than removed: what stands on both sides must not grow together.
  replace_all(out, "\r", "\\r");
  replace_all(out, "\n", "\\n");
  return out;
}

}  // namespace millrace::base
