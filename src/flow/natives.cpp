#include "flow/natives.hpp"

#include <algorithm>

namespace millrace::flow {

const std::vector<NativeUse>& natives() {
  static const std::vector<NativeUse> kNatives{
      {"AssignVariable", Native::assign_variable, "success", {"true"}, {"set"}, {"set"}},
      {"SysAssignVariable", Native::assign_variable, "success", {"true"}, {"set"}, {"set"}},
      {"HandleBotError",
       Native::handle_bot_error,
       "error_type",
       {"bot_error", "bot_timeout", "other"},
       {"save_error_to"},
       {}},
      {"MultiMatchRouting",
       Native::multi_match_routing,
       "valid",
       {"false"},
       {"global_vars", "input_vars"},
       {"global_vars", "input_vars"}},
      {"SysMultiMatchRouting",
       Native::multi_match_routing,
       "valid",
       {"false"},
       {"global_vars", "input_vars"},
       {"global_vars", "input_vars"}},
      {"ShowMetadata", Native::show_metadata, "success", {"true"}, {"assign_metadata_vars"}, {}},
      {"SysShowMetadata", Native::show_metadata, "success", {"true"}, {"assign_metadata_vars"}, {}},
      {"ValidateDate",
       Native::validate_date,
       "valid",
       {"true", "false"},
       {"global_var_name", "compare_with_today", "earliest", "output_format",
        "output_reformatted_date"},
       {"global_var_name"}},
      {"ValidateEmail",
       Native::validate_email,
       "valid",
       {"true", "false"},
       {"global_vars"},
       {"global_vars"}},
      {"VarCheck",
       Native::variable_check,
       "valid",
       {"true", "false"},
       {"global_var_name"},
       {"global_var_name"}},
      {"VariableReset", Native::variable_reset, "success", {"true"}, {}, {}},
      {"SysVariableReset", Native::variable_reset, "success", {"true"}, {}, {}},
  };
  return kNatives;
}

const NativeUse* find_native(std::string_view command) {
  const auto& all = natives();
  const auto found =
      std::ranges::find_if(all, [&](const NativeUse& use) { return use.command == command; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace millrace::flow
