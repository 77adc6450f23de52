// The functions of the expression language, for the files of this room only.
#pragma once

#include <span>

#include "flow/expression.hpp"

namespace millrace::flow {

struct Function {
  std::string_view name;
  size_t arguments_min;
  size_t arguments_max;
  std::string_view usage;
  // Null where not every argument is computed: `evaluate` does those itself.
  base::Result<Value> (*run)(std::span<const Value> arguments, const base::LocalMoment& now);
};
inline constexpr std::string_view kIf = "if";
inline constexpr std::string_view kCoalesce = "coalesce";

// nullptr when there is none of that name.
const Function* find_function(std::string_view name);

// The number to the fifteen digits that a double holds of any decimal: 0.3 of 0.1 + 0.2.
double as_decimal(double number);
// The number a value is, or its text says; nullopt otherwise.
std::optional<double> number_in(const Value& value);
std::string_view kind_of(const Value& value);

}  // namespace millrace::flow
