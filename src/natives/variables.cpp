// Setting, checking and clearing variables.
#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "natives/commands.hpp"

namespace millrace::natives {
namespace {

using flow::Native;

constexpr int kLimitDefault = 3;

Result assign_variable(const Call& call) {
  Result result{"true", {}, {}, {}};
  if (const auto* set = json::get_object(call.payload, "set")) {
    for (const auto& member : *set) {
      result.assign.emplace_back(member.key(), json::to_text(member.value()));
    }
  }
  return result;
}

Result set_variable(const Call& call) {
  return {"true", {{call.text("global_vars"), call.text("input_var")}}, {}, {}};
}

Result get_value(const Call& call) {
  const std::string value = call.named("global_vars");
  return {value.empty() ? "false" : "true", {}, {}, {{"value", value}}};
}

Result variable_check(const Call& call) {
  return {call.named("global_var_name").empty() ? "false" : "true", {}, {}, {}};
}

Result multi_variable_check(const Call& call) {
  const auto* names = json::get_array(call.payload, "global_vars");
  size_t set = 0, all = 0;
  for (const json::value& name : names == nullptr ? json::array() : *names) {
    ++all;
    if (!call.variable(json::to_text(name)).empty()) ++set;
  }
  return {set == 0 ? "none" : set == all ? "all" : "some", {}, {}, {}};
}

Result variable_reset(const Call& call) {
  return {"true", {}, call.node.variables, {}};
}

// ENVIRONMENT, or the variable that is named, becomes "sandbox" or "live".
Result set_environment(const Call& call) {
  const std::string name = call.text("set_env_as");
  return {
      "true", {{name.empty() ? "ENVIRONMENT" : name, std::string(call.known.environment)}}, {}, {}};
}

Result show_metadata(const Call& call) {
  Result result{"true", {}, {}, {}};
  const auto value_of = [&](std::string_view key) -> std::string {
    if (key == "chat_id" || key == "session_id") return call.known.chat.to_string();
    if (key == "consumer_id") return call.known.consumer.to_string();
    return {};
  };
  const auto* assign = json::get_object(call.payload, "assign_metadata_vars");
  const auto* mapping = json::get_object(call.payload, "passthrough_mapping");
  if (assign != nullptr) {
    for (const auto& member : *assign) {
      result.assign.emplace_back(json::to_text(member.value()), value_of(member.key()));
    }
  } else {
    result.assign.emplace_back("CHATID", call.known.chat.to_string());
  }
  if (mapping == nullptr) return result;
  // What the page handed through when it opened the chat: text of JSON, or an object.
  json::object passed;
  if (const auto* given = call.known.user_data.if_contains("passthrough")) {
    if (const auto* object = given->if_object()) {
      passed = *object;
    } else if (auto parsed = json::parse_object(json::to_text(*given))) {
      passed = std::move(*parsed);
    }
  }
  for (const auto& member : *mapping) {
    const auto* value = passed.if_contains(member.key());
    if (value == nullptr) continue;
    result.assign.emplace_back(json::to_text(member.value()), json::to_text(*value));
  }
  return result;
}

// Counts in the variable; "stop" when the limit is reached, and the counting begins anew.
Result count_to_limit(const Call& call) {
  const std::string name = call.text("global_var_name");
  const auto number = [](const std::string& text, int otherwise) {
    int value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc() && end == text.data() + text.size() ? value : otherwise;
  };
  const int limit = std::max(1, number(call.text("limit"), kLimitDefault));
  const int count = std::max(0, number(call.variable(name), 0)) + 1;
  if (count >= limit) return {"stop", {{name, "0"}}, {}, {}};
  return {"continue", {{name, std::to_string(count)}}, {}, {}};
}

Result handle_bot_error(const Call& call) {
  const auto text = [&](std::string_view key) {
    return std::string(json::get_string(call.known.error, key).value_or(""));
  };
  const std::string code = text("code");
  Result result{code == "bot_error" || code == "bot_timeout" ? code : "other", {}, {}, {}};
  const std::string name = call.text("save_error_to");
  if (!name.empty()) result.assign.emplace_back(name, text("message"));
  return result;
}

}  // namespace

Command variable_command(Native native) {
  switch (native) {
    case Native::assign_variable: return assign_variable;
    case Native::set_variable: return set_variable;
    case Native::get_value: return get_value;
    case Native::variable_check: return variable_check;
    case Native::multi_variable_check: return multi_variable_check;
    case Native::variable_reset: return variable_reset;
    case Native::set_environment: return set_environment;
    case Native::show_metadata: return show_metadata;
    case Native::count_to_limit: return count_to_limit;
    case Native::handle_bot_error: return handle_bot_error;
    default: return nullptr;
  }
}

}  // namespace millrace::natives
