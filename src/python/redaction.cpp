#include "python/redaction.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/escape.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace millrace::python {
namespace {

constexpr size_t kDepthMax = 8;
constexpr size_t kEncodedBytesMin = 8;
constexpr size_t kHiddenBytesMin = 4;
constexpr std::string_view kCutMark = " [cut]";

void add_once(Sensitives& all, std::string value, std::string_view label) {
  if (value.empty()) return;
  all.push_back({std::move(value), std::string(label)});
}

void append_escape(std::string& out, uint32_t unit) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kDigits[unit >> shift & 15]);
}

uint32_t code_point(std::string_view character) {
  constexpr std::array<unsigned char, 5> kFirstBits{0, 0x7f, 0x1f, 0x0f, 0x07};
  uint32_t code = static_cast<unsigned char>(character[0]) & kFirstBits[character.size()];
  for (const char c : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 63);
  return code;
}

// As Python's json.dumps writes it: everything beyond ASCII as \uXXXX.
std::string ascii_json(std::string_view text) {
  const std::string quoted = json::serialize(json::value(text));
  const std::string_view escaped = std::string_view(quoted).substr(1, quoted.size() - 2);
  std::string out;
  for (size_t at = 0; at < escaped.size();) {
    const auto character = base::utf8_prefix(escaped.substr(at), 1);
    const uint32_t code = code_point(character);
    if (code < 0x80) {
      out.append(character);
    } else if (code < 0x10000) {
      append_escape(out, code);
    } else {
      append_escape(out, 0xd800 + (code - 0x10000) / 0x400);
      append_escape(out, 0xdc00 + (code - 0x10000) % 0x400);
    }
    at += character.size();
  }
  return out;
}

// Words that scripts and flows use themselves; hiding them would maim lines and protect nobody.
bool is_common_word(std::string_view value) {
  constexpr std::array<std::string_view, 6> kWords{"true", "false", "error", "none", "null", "yes"};
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return base::equals_ignoring_case(value, word); });
}

void add_tree(Sensitives& all, const json::value& value, std::string_view label, size_t depth) {
  if (depth > kDepthMax || value.is_null() || value.is_bool()) return;
  if (const auto* members = value.if_object()) {
    for (const auto& [name, member] : *members) add_tree(all, member, name, depth + 1);
  } else if (const auto* items = value.if_array()) {
    for (const auto& item : *items) add_tree(all, item, label, depth + 1);
  } else {
    const std::string text = json::to_text(value);
    if (!is_common_word(base::trim(text))) add_sensitive(all, text, label);
  }
}

// The text without what is sensitive; nullopt when it is free of it already, as nearly always.
std::optional<std::string> without(std::string_view text, const Sensitives& sensitive) {
  std::optional<std::string> hidden;
  for (const base::Sensitive& item : sensitive) {
    if (item.value.size() < kHiddenBytesMin || !text.contains(item.value)) continue;
    if (!hidden) hidden = std::string(text);
    const std::string label = "[" + item.label + "]";
    for (size_t at = hidden->find(item.value); at != std::string::npos;
         at = hidden->find(item.value, at + label.size())) {
      hidden->replace(at, item.value.size(), label);
    }
  }
  return hidden;
}

size_t longest(const Sensitives& sensitive) {
  size_t length = 0;
  for (const base::Sensitive& item : sensitive) length = std::max(length, item.value.size());
  return length;
}

}  // namespace

bool is_secret_name(std::string_view name) {
  constexpr std::array<std::string_view, 5> kMarks{"key", "secret", "token", "password",
                                                   "authorization"};
  const std::string lower = base::to_ascii_lower(name);
  return std::ranges::any_of(kMarks, [&](std::string_view mark) { return lower.contains(mark); });
}

void add_sensitive(Sensitives& all, std::string_view value, std::string_view label) {
  add_once(all, std::string(value), label);
  const std::string_view core = base::trim(value);
  if (core != value) add_once(all, std::string(core), label);
  if (base::is_valid_utf8(value)) {
    std::string escaped = ascii_json(value);
    if (escaped != value) add_once(all, std::move(escaped), label);
  }
  if (value.contains(' ')) add_once(all, base::percent_encode(value, true), label);
  if (!value.contains('\n')) return;
  // Printed, a value of several lines comes as several lines.
  for (const std::string_view line : base::split(value, '\n')) {
    add_once(all, std::string(base::trim(line)), label);
  }
}

void add_encoded(Sensitives& all, std::string_view value, std::string_view label) {
  if (value.size() < kEncodedBytesMin) return;
  for (size_t before = 0; before < 3; ++before) {
    // Of what stands beside it in the text only the first and the last digits know anything.
    std::string text = base::to_base64url(std::string(before, ' ') + std::string(value));
    const size_t shared = (before + value.size()) % 3 == 0 ? 0 : 1;
    text = text.substr((before * 8 + 5) / 6, text.size() - (before * 8 + 5) / 6 - shared);
    std::string standard = text;
    std::ranges::replace(standard, '-', '+');
    std::ranges::replace(standard, '_', '/');
    if (standard != text) add_once(all, std::move(standard), label);
    add_once(all, std::move(text), label);
  }
  const std::string form = base::percent_encode(value, true);
  if (form != value) add_once(all, form, label);
  std::string hex = base::to_hex(value);
  add_once(all, hex, label);
  for (char& digit : hex) digit = digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
  add_once(all, std::move(hex), label);
}

void hide_in_values(json::value& value, const Sensitives& sensitive) {
  if (sensitive.empty()) return;
  if (auto* const text = value.if_string()) {
    const std::string_view view(text->data(), text->size());
    if (const auto hidden = without(view, sensitive)) *text = *hidden;
  } else if (auto* const items = value.if_array()) {
    for (json::value& item : *items) hide_in_values(item, sensitive);
  } else if (auto* const members = value.if_object()) {
    bool names_too = false;
    for (auto&& [name, member] : *members) {
      hide_in_values(member, sensitive);
      names_too = names_too || without({name.data(), name.size()}, sensitive).has_value();
    }
    if (!names_too) return;
    json::object renamed;
    for (auto&& [name, member] : *members) {
      renamed[without(name, sensitive).value_or(std::string(name))] = std::move(member);
    }
    *members = std::move(renamed);
  }
}

Sensitives secret_variables(const std::map<std::string, std::string>& variables) {
  Sensitives secrets;
  for (const auto& [name, value] : variables) {
    if (is_secret_name(name)) add_sensitive(secrets, value, name);
  }
  return secrets;
}

void add_consumer_values(Sensitives& all, const json::object& context) {
  for (const std::string_view key : {"variables", "last_message", "user_data"}) {
    const json::value* const value = context.if_contains(key);
    if (value == nullptr) continue;
    if (key != "user_data" || !value->is_object()) {
      add_tree(all, *value, key, 0);
      continue;
    }
    for (const auto& [name, member] : value->get_object()) {
      // "ios" is nobody's secret and explains much.
      if (name != "platform") add_tree(all, member, name, 1);
    }
  }
}

std::string fit_for_log(const Line& line, const Sensitives& sensitive, size_t bytes_max) {
  std::string text = base::redact(printable(line.text), sensitive);
  bool cut = line.cut;
  if (line.cut) {
    // Percent-encoding and escapes make a value up to six times as long.
    text.resize(text.size() - std::min(text.size(), 6 * longest(sensitive)));
  }
  if (text.size() > bytes_max) {
    text.resize(bytes_max);
    cut = true;
  }
  if (cut) {
    // Cutting may have left half a character.
    for (int i = 0; i < 4 && !base::is_valid_utf8(text) && !text.empty(); ++i) text.pop_back();
    text += kCutMark;
  }
  return text;
}

}  // namespace millrace::python
