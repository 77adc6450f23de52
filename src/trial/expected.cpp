#include "trial/expected.hpp"

#include <algorithm>
#include <regex>

#include "base/text.hpp"

namespace millrace::trial {

std::string shown(const dialog::Message& message) {
  std::string out = message.text;
  std::string labels;
  for (const dialog::Option& option : message.asset.options) {
    labels += (labels.empty() ? "" : " | ") + option.label;
  }
  if (message.asset.kind != dialog::AssetKind::none && labels.empty()) {
    labels = dialog::to_string(message.asset.kind);
  }
  return labels.empty() ? out : out + " [" + labels + "]";
}

bool contains(const json::value& whole, const json::value& part) {
  if (const auto* items = part.if_array()) {
    const auto* given = whole.if_array();
    if (given == nullptr) return false;
    size_t at = 0;
    return std::ranges::all_of(*items, [&](const json::value& item) {
      while (at < given->size() && !contains((*given)[at], item)) ++at;
      return at++ < given->size();
    });
  }
  const auto* wanted = part.if_object();
  if (wanted == nullptr) {
    return json::to_text(whole) == json::to_text(part) || whole == part;
  }
  const auto* given = whole.if_object();
  if (given == nullptr) return false;
  return std::ranges::all_of(*wanted, [&](const auto& member) {
    const auto* found = given->if_contains(member.key());
    return found != nullptr && contains(*found, member.value());
  });
}

bool is_right(const Expected& wanted, const dialog::Message& message) {
  bool right = wanted.any_text || message.text == wanted.text;
  if (!wanted.contains.empty()) right = message.text.contains(wanted.contains);
  if (!wanted.pattern.empty()) {
    right = std::regex_search(message.text.substr(0, 4'096), std::regex(wanted.pattern));
  }
  if (right && !wanted.buttons.empty()) {
    std::vector<std::string> labels;
    for (const dialog::Option& option : message.asset.options) labels.push_back(option.label);
    right = labels == wanted.buttons;
  }
  return right;
}

std::string difference(const Expected& wanted, const dialog::Message& message) {
  constexpr size_t kAlikeMin = 4;
  if (wanted.any_text || wanted.text.empty() || wanted.text == message.text) return "";
  const auto [a, b] = std::ranges::mismatch(wanted.text, message.text);
  auto at = static_cast<size_t>(a - wanted.text.begin());
  while (at > 0 && (static_cast<unsigned char>(wanted.text[at - 1]) & 0xC0) == 0x80) --at;
  if (at < kAlikeMin) return "";
  const auto rest = [&](const std::string& text) {
    return text.size() <= at ? std::string("the end") : "\"" + text.substr(at) + "\"";
  };
  return "\n     alike until expected " + rest(wanted.text) + ", came " + rest(message.text);
}

std::string describe(const Expected& wanted) {
  std::string out = !wanted.contains.empty()  ? "a text with \"" + wanted.contains + "\""
                    : !wanted.pattern.empty() ? "a text like /" + wanted.pattern + "/"
                    : wanted.any_text         ? "a message"
                                              : "\"" + wanted.text + "\"";
  for (size_t i = 0; i < wanted.buttons.size(); ++i) {
    out += (i == 0 ? " [" : " | ") + wanted.buttons[i];
  }
  return wanted.buttons.empty() ? out : out + "]";
}

}  // namespace millrace::trial
