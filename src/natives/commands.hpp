// The built-in commands by what they are about, for the files of this room only.
#pragma once

#include "natives/natives.hpp"

namespace millrace::natives {

// All that one run of a command may look at.
struct Call {
  const flow::ActionNode& node;
  const json::object& payload;
  const Known& known;

  // A parameter as text; "" when it is not given.
  std::string text(std::string_view key) const;
  // The same; where the author wrote nothing but a variable's name, that variable's value. What a
  // consumer typed is never taken for a name.
  std::string text_or_variable(std::string_view key) const;
  // A variable's value; "" when it is not set.
  std::string variable(std::string_view name) const;
  // The value of the variable that a parameter names.
  std::string named(std::string_view key) const { return variable(text(key)); }
};

using Command = Result (*)(const Call&);

// nullptr when the file has nothing of that kind.
Command variable_command(flow::Native native);
Command routing_command(flow::Native native);
Command text_command(flow::Native native);
Command date_command(flow::Native native);
Command event_command(flow::Native native);

}  // namespace millrace::natives
