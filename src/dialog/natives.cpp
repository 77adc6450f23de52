#include "dialog/natives.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"

namespace millrace::dialog {
namespace {

using flow::Native;

std::string text_of(const json::object& payload, std::string_view key) {
  const auto* found = payload.if_contains(key);
  return found == nullptr ? std::string() : json::to_text(*found);
}

std::string variable_of(const State& state, std::string_view name) {
  const auto found = state.variables.find(name);
  return found == state.variables.end() ? std::string() : found->second;
}

NativeResult assign_variable(const json::object& payload) {
  NativeResult result{"true", {}, {}};
  if (const auto* set = json::get_object(payload, "set")) {
    for (const auto& member : *set) {
      result.assign.emplace_back(member.key(), json::to_text(member.value()));
    }
  }
  return result;
}

NativeResult handle_bot_error(const json::object& payload, const State& state) {
  const auto code = text_of(state.error, "code");
  NativeResult result{code == "bot_error" || code == "bot_timeout" ? code : "other", {}, {}};
  const auto name = text_of(payload, "save_error_to");
  if (!name.empty()) result.assign.emplace_back(name, text_of(state.error, "message"));
  return result;
}

// "A,b": each a variable whose value is compared, or, when no such variable is set, a word.
NativeResult multi_match_routing(const json::object& payload, const State& state) {
  const auto wanted = base::squash(variable_of(state, text_of(payload, "global_vars")));
  const auto candidates = text_of(payload, "input_vars");
  for (const std::string_view item : base::split(candidates, ',')) {
    const auto name = base::trim(item);
    const auto value = flow::is_variable_name(name) ? variable_of(state, name) : std::string();
    const auto squashed = base::squash(value.empty() ? name : std::string_view(value));
    if (!squashed.empty() && squashed == wanted) return {squashed, {}, {}};
  }
  return {"false", {}, {}};
}

NativeResult show_metadata(const json::object& payload, const State& state) {
  NativeResult result{"true", {}, {}};
  const auto value_of = [&](std::string_view key) -> std::string {
    if (key == "chat_id" || key == "session_id") return state.chat.to_string();
    if (key == "consumer_id") return state.consumer.to_string();
    return {};
  };
  if (const auto* assign = json::get_object(payload, "assign_metadata_vars")) {
    for (const auto& member : *assign) {
      result.assign.emplace_back(json::to_text(member.value()), value_of(member.key()));
    }
  } else {
    result.assign.emplace_back("CHATID", state.chat.to_string());
  }
  return result;
}

// The strftime subset a date needs: %Y %m %d %%.
std::string format_date(base::Date date, std::string_view format) {
  const std::string iso = base::to_iso8601(date);
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out.push_back(format[i]);
      continue;
    }
    switch (format[++i]) {
      case 'Y': out += iso.substr(0, 4); break;
      case 'm': out += iso.substr(5, 2); break;
      case 'd': out += iso.substr(8, 2); break;
      default: out.push_back(format[i]); break;
    }
  }
  return out;
}

bool holds(std::string_view comparison, base::Date date, base::Date today) {
  const bool negated = comparison.starts_with("not_");
  if (negated) comparison.remove_prefix(4);
  const bool is = comparison == "past"     ? date < today
                  : comparison == "future" ? date > today
                                           : date == today;
  return is != negated;
}

NativeResult validate_date(const json::object& payload, const State& state, std::string_view locale,
                           base::Timestamp at) {
  const auto name = text_of(payload, "global_var_name");
  const auto date = parse_consumer_date(variable_of(state, name), locale);
  if (!date) return {"false", {}, {}};
  const auto earliest = base::parse_iso8601_date(text_of(payload, "earliest"));
  if (earliest && *date < *earliest) return {"false", {}, {}};
  const auto comparison = text_of(payload, "compare_with_today");
  if (!comparison.empty() && !holds(comparison, *date, base::utc_date(at))) {
    return {comparison + "_false", {}, {}};
  }
  NativeResult result{"true", {}, {}};
  const auto format = text_of(payload, "output_format");
  const auto target = text_of(payload, "output_reformatted_date");
  if (!format.empty()) {
    result.assign.emplace_back(target.empty() ? name : target, format_date(*date, format));
  }
  return result;
}

NativeResult validate_email(const json::object& payload, const State& state) {
  const bool valid = base::is_email_address(variable_of(state, text_of(payload, "global_vars")));
  return {valid ? "true" : "false", {}, {}};
}

}  // namespace

std::optional<base::Date> parse_consumer_date(std::string_view text, std::string_view locale) {
  text = base::trim(text);
  if (const auto iso = base::parse_iso8601_date(text)) return iso;
  std::array<int, 3> numbers{};
  std::array<size_t, 3> digits{};
  for (size_t i = 0; i < numbers.size(); ++i) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
    if (code != std::errc() || numbers[i] < 0) return std::nullopt;
    digits[i] = static_cast<size_t>(end - text.data());
    text.remove_prefix(digits[i]);
    if (i == 2) break;
    if (text.empty() || !std::string_view("/-. ").contains(text.front())) return std::nullopt;
    text.remove_prefix(1);
  }
  if (!text.empty()) return std::nullopt;
  if (digits[0] == 4) return base::Date::make(numbers[0], numbers[1], numbers[2]);
  if (digits[2] != 4 || digits[0] > 2 || digits[1] > 2) return std::nullopt;
  const auto day_first = base::Date::make(numbers[2], numbers[1], numbers[0]);
  const auto month_first = base::Date::make(numbers[2], numbers[0], numbers[1]);
  const bool both_ways = locale == "en" || locale == "en-US";
  if (!both_ways) return day_first;
  if (day_first && month_first && day_first != month_first) return std::nullopt;
  return day_first ? day_first : month_first;
}

NativeResult run_native(const flow::ActionNode& node, const json::object& payload,
                        const State& state, std::string_view locale, base::Timestamp at) {
  switch (*node.native) {
    case Native::assign_variable: return assign_variable(payload);
    case Native::handle_bot_error: return handle_bot_error(payload, state);
    case Native::multi_match_routing: return multi_match_routing(payload, state);
    case Native::show_metadata: return show_metadata(payload, state);
    case Native::validate_date: return validate_date(payload, state, locale, at);
    case Native::validate_email: return validate_email(payload, state);
    case Native::variable_check: {
      const bool set = !variable_of(state, text_of(payload, "global_var_name")).empty();
      return {set ? "true" : "false", {}, {}};
    }
    case Native::variable_reset: return {"true", {}, node.variables};
  }
  return {"error", {}, {}};
}

}  // namespace millrace::dialog
