// Text with places to fill: "{NAME}" is a global variable, "{env.key}" a value of the environment's
// PARAMS. Parsed once, when the program is compiled; what a consumer typed is only ever inserted,
// never parsed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::flow {

struct Template {
  enum class Kind { literal, variable, environment };
  struct Part {
    Kind kind = Kind::literal;
    std::string text;  // the literal, the variable's name, or the key behind "env."
  };
  std::vector<Part> parts;

  bool empty() const { return parts.empty(); }
  bool is_literal() const;
  bool reads_environment() const;
  // Fills variables through the callback; environment values are left out.
  std::string fill(const std::function<std::string(std::string_view)>& variable) const;
  // The text as it was written.
  std::string source() const;
};

// Anything in braces that is neither a variable's name (capitals, digits, '_') nor env.<key> stays
// literal text.
Template parse_template(std::string_view text);

bool is_variable_name(std::string_view text);

}  // namespace millrace::flow
