// The built-in commands of the published library that the engine runs by itself: their names, what
// they return and what they take. What they do stands in `dialog`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::flow {

enum class Native {
  assign_variable,      // AssignVariable, SysAssignVariable
  handle_bot_error,     // HandleBotError
  multi_match_routing,  // MultiMatchRouting, SysMultiMatchRouting
  show_metadata,        // ShowMetadata, SysShowMetadata
  validate_date,        // ValidateDate
  validate_email,       // ValidateEmail
  variable_check,       // VarCheck
  variable_reset,       // VariableReset, SysVariableReset
};

// How a native is used (reference: studio-and-action-nodes.md 6.7, 6.8).
struct NativeUse {
  std::string_view command;
  Native native;
  std::string_view output;               // the key it answers under
  std::vector<std::string_view> values;  // what it may answer; other values are the flow's own
  std::vector<std::string_view> takes;   // keys of Parameter Input
  std::vector<std::string_view> needs;   // those without which it cannot work
};

// nullptr when no built-in command has that name.
const NativeUse* find_native(std::string_view command);
const std::vector<NativeUse>& natives();

}  // namespace millrace::flow
