// The built-in commands of the published library that the engine runs by itself: their names, what
// they return and what they take (docs/commands.md). What they do stands in `natives`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::flow {

enum class Native {
  assign_variable,
  bot_to_platform,
  check_last_url,
  compile_summary,
  count_to_limit,
  events_to_variables,
  format_phone,
  get_address,
  get_events_date,
  get_selection,
  get_value,
  handle_bot_error,
  list_picker,
  match_contains,
  multi_match_routing,
  multi_variable_check,
  parse_full_name,
  platform_routing,
  process_selection,
  reformat_transcript,
  search_regex,
  selection_destinations,
  set_environment,
  set_form_id,
  set_variable,
  show_metadata,
  validate_date,
  validate_email,
  validate_phone,
  validate_regex,
  variable_check,
  variable_reset,
};

// How a native is used (reference: studio-and-action-nodes.md 6.7, 6.8).
struct NativeUse {
  std::string_view command;
  Native native;
  std::vector<std::string_view> outputs;  // keys it may be asked to answer under
  std::vector<std::string_view> values;   // what it may answer, each of which needs a road
  std::vector<std::string_view> takes;    // keys of Parameter Input
  std::vector<std::string_view> needs;    // those without which it cannot work
  std::vector<std::string_view> names;    // those that name a variable
};

// nullptr when no built-in command has that name.
const NativeUse* find_native(std::string_view command);
const std::vector<NativeUse>& natives();

// Why a command of the published library is not built in, and what to do instead; "" for others.
std::string_view missing_native(std::string_view command);

}  // namespace millrace::flow
