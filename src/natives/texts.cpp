// Names, telephone numbers, addresses, patterns, lists and summaries.
#include <sodium.h>

#include <algorithm>
#include <map>

#include "base/regex.hpp"
#include "base/text.hpp"
#include "natives/commands.hpp"

namespace millrace::natives {
namespace {

using flow::Native;

Result validate_email(const Call& call) {
  return {
      base::is_email_address(base::trim(call.named("global_vars"))) ? "true" : "false", {}, {}, {}};
}

ask::Reading phone_in(const Call& call, std::string_view key) {
  return ask::read({.type = ask::Type::phone}, call.named(key), call.known.locale,
                   base::utc_date(call.known.now.at));
}

// E.164 into output_var.
Result format_phone(const Call& call) {
  const auto phone = phone_in(call, "input_var");
  if (phone.verdict != ask::Verdict::accepted) return {"false", {}, {}, {}};
  return {"true", {{call.text("output_var"), phone.value}}, {}, {}};
}

// The digits alone, country code included.
Result validate_phone(const Call& call) {
  const auto phone = phone_in(call, "original_phone_number");
  if (phone.verdict != ask::Verdict::accepted) return {"false", {}, {}, {}};
  return {"true", {{call.text("stripped_phone_number"), phone.value.substr(1)}}, {}, {}};
}

// The first word is the first name, all others the last. fullname_input is a variable's name, or
// the name itself.
Result parse_full_name(const Call& call) {
  const std::string given = call.text_or_variable("fullname_input");
  const auto words = base::split_at_blanks(given);
  if (words.empty()) return {"false", {}, {}, {}};
  Result result{"true", {{call.text("firstname_output"), std::string(words.front())}}, {}, {}};
  if (words.size() == 1) {
    result.value = "only_firstname";
    return result;
  }
  std::string rest;
  for (size_t i = 1; i < words.size(); ++i) rest.append(i == 1 ? "" : " ").append(words[i]);
  result.assign.emplace_back(call.text("lastname_output"), std::move(rest));
  return result;
}

Result search_regex(const Call& call) {
  const std::string text = call.text_or_variable("input_text");
  const auto found = base::find_regex(call.text("regex"), text);
  if (!found) return {"false", {}, {}, {}};
  Result result{"true", {}, {}, {}};
  if (const std::string name = call.text("output_var"); !name.empty()) {
    result.assign.emplace_back(name, *found);
  }
  return result;
}

Result validate_regex(const Call& call) {
  const std::string text = call.text_or_variable("input");
  return {base::matches_regex(call.text("regex"), text) ? "true" : "false", {}, {}, {}};
}

// "a|b" as the output list_picker, for a selection or a dynamic list.
Result list_picker(const Call& call) {
  json::array options;
  for (const std::string_view item : base::split(call.text("items"), '|')) {
    const auto label = base::trim(item);
    if (!label.empty()) options.push_back(json::object{{"label", label}});
  }
  if (options.empty()) return {"error", {}, {}, {}};
  Result result{"true", {}, {}, {}};
  result.outputs["list_picker"] = std::move(options);
  return result;
}

// A choice may come encoded as base64; the variable gets it in clear.
Result get_selection(const Call& call) {
  const std::string name = call.text("global_var_name");
  const std::string value = call.variable(name);
  if (value.empty()) return {"error", {}, {}, {}};
  std::string decoded(value.size(), '\0');
  size_t length = 0;
  const char* end = nullptr;
  const bool is_base64 = value.size() % 4 == 0 && value.size() >= 8 &&
                         sodium_base642bin(reinterpret_cast<unsigned char*>(decoded.data()),
                                           decoded.size(), value.data(), value.size(), nullptr,
                                           &length, &end, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                         end == value.data() + value.size();
  decoded.resize(length);
  if (!is_base64 || decoded.empty() || !base::is_valid_utf8(decoded)) return {"true", {}, {}, {}};
  return {"true", {{name, decoded}}, {}, {}};
}

Result process_selection(const Call& call) {
  const std::string said = base::squash(call.known.last_message);
  return {said == "goback" || said == "back" ? "go_back" : "true", {}, {}, {}};
}

// conditional_items: [{var, label, order}]; a line for each that is set, in their order.
Result compile_summary(const Call& call) {
  std::multimap<int64_t, std::string> lines;  // by their order, then as given
  if (const auto* items = json::get_array(call.payload, "conditional_items")) {
    for (const json::value& value : *items) {
      const auto* item = value.if_object();
      if (item == nullptr) continue;
      const std::string given = call.variable(json::get_string(*item, "var").value_or(""));
      if (given.empty()) continue;
      const std::string label(json::get_string(*item, "label").value_or(""));
      lines.emplace(json::get_integer(*item, "order").value_or(0),
                    label.empty() ? given : label + ": " + given);
    }
  }
  if (lines.empty()) return {"false", {}, {}, {}};
  std::string text;
  for (const auto& [order, line] : lines) text += (text.empty() ? "" : "\n") + line;
  return {"true", {{call.text("output_message"), std::move(text)}}, {}, {}};
}

// The node's first variable without blank lines.
Result reformat_transcript(const Call& call) {
  if (call.node.variables.empty()) return {"false", {}, {}, {}};
  const std::string& name = call.node.variables.front();
  const std::string transcript = call.variable(name);
  std::string out;
  for (const std::string_view line : base::split(transcript, '\n')) {
    const auto text = base::trim(line);
    if (!text.empty()) out += (out.empty() ? "" : "\n") + std::string(text);
  }
  if (out.empty()) return {"false", {}, {}, {}};
  return {"true", {{name, std::move(out)}}, {}, {}};
}

}  // namespace

Command text_command(Native native) {
  switch (native) {
    case Native::validate_email: return validate_email;
    case Native::format_phone: return format_phone;
    case Native::validate_phone: return validate_phone;
    case Native::parse_full_name: return parse_full_name;
    case Native::search_regex: return search_regex;
    case Native::validate_regex: return validate_regex;
    case Native::list_picker: return list_picker;
    case Native::get_selection: return get_selection;
    case Native::process_selection: return process_selection;
    case Native::compile_summary: return compile_summary;
    case Native::reformat_transcript: return reformat_transcript;
    default: return nullptr;
  }
}

}  // namespace millrace::natives
