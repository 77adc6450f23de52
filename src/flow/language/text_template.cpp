#include "flow/text_template.hpp"

#include <algorithm>

namespace millrace::flow {
namespace {

constexpr std::string_view kEnvironmentPrefix = "env.";

bool is_environment_key(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

void append_literal(Template& out, std::string_view text) {
  if (text.empty()) return;
  if (!out.parts.empty() && out.parts.back().kind == Template::Kind::literal) {
    out.parts.back().text.append(text);
    return;
  }
  out.parts.push_back({Template::Kind::literal, std::string(text)});
}

}  // namespace

bool is_variable_name(std::string_view text) {
  if (text.empty() || text.size() > 64 || !(text[0] >= 'A' && text[0] <= 'Z')) return false;
  return std::ranges::all_of(
      text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

Template parse_template(std::string_view text) {
  Template out;
  while (!text.empty()) {
    const auto open = text.find('{');
    append_literal(out, text.substr(0, open));
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const auto close = text.find('}');
    if (close == std::string_view::npos) {
      append_literal(out, text);
      break;
    }
    const auto name = text.substr(1, close - 1);
    if (is_variable_name(name)) {
      out.parts.push_back({Template::Kind::variable, std::string(name)});
      text.remove_prefix(close + 1);
    } else if (name.starts_with(kEnvironmentPrefix) &&
               is_environment_key(name.substr(kEnvironmentPrefix.size()))) {
      out.parts.push_back(
          {Template::Kind::environment, std::string(name.substr(kEnvironmentPrefix.size()))});
      text.remove_prefix(close + 1);
    } else {
      append_literal(out, text.substr(0, 1));
      text.remove_prefix(1);
    }
  }
  return out;
}

bool Template::is_literal() const {
  return std::ranges::all_of(parts, [](const Part& part) { return part.kind == Kind::literal; });
}

bool Template::reads_environment() const {
  return std::ranges::any_of(parts,
                             [](const Part& part) { return part.kind == Kind::environment; });
}

std::string Template::fill(const std::function<std::string(std::string_view)>& variable) const {
  std::string out;
  for (const Part& part : parts) {
    if (part.kind == Kind::literal) out += part.text;
    if (part.kind == Kind::variable) out += variable(part.text);
  }
  return out;
}

std::string Template::source() const {
  std::string out;
  for (const Part& part : parts) {
    switch (part.kind) {
      case Kind::literal: out += part.text; break;
      case Kind::variable: out += "{" + part.text + "}"; break;
      case Kind::environment: out += "{env." + part.text + "}"; break;
    }
  }
  return out;
}

}  // namespace millrace::flow
