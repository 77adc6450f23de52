// Choosing a road by what was said, and by where the consumer is.
#include <algorithm>

#include "base/text.hpp"
#include "natives/commands.hpp"

namespace millrace::natives {
namespace {

using flow::Native;

// "A,b": each a variable whose value is compared, or, when no such variable is set, a word.
template <typename Fits>
Result match(const Call& call, Fits fits) {
  const std::string said = base::squash(call.named("global_vars"));
  const std::string candidates = call.text("input_vars");
  for (const std::string_view item : base::split(candidates, ',')) {
    const auto name = base::trim(item);
    const std::string value = flow::is_variable_name(name) ? call.variable(name) : std::string();
    const std::string squashed = base::squash(value.empty() ? name : std::string_view(value));
    if (!squashed.empty() && fits(said, squashed)) return {squashed, {}, {}, {}};
  }
  return {"false", {}, {}, {}};
}

Result multi_match_routing(const Call& call) {
  return match(call,
               [](const std::string& said, const std::string& wanted) { return said == wanted; });
}

Result match_contains(const Call& call) {
  return match(call, [](const std::string& said, const std::string& wanted) {
    return said.contains(wanted);
  });
}

// {"label": "node"}: the node as text, or no_match.
Result selection_destinations(const Call& call) {
  const std::string said = base::squash(call.named("global_var"));
  if (const auto* match = json::get_object(call.payload, "match")) {
    for (const auto& member : *match) {
      if (base::squash(member.key()) == said) return {json::to_text(member.value()), {}, {}, {}};
    }
  }
  return {"no_match", {}, {}, {}};
}

// The platform of user_data where a road is drawn for it; else "desktop" for a computer, where that
// older road is drawn; else "other".
Result platform_routing(const Call& call) {
  const std::string platform(
      base::to_ascii_lower(json::get_string(call.known.user_data, "platform").value_or("")));
  if (call.node.road(platform) != nullptr) return {platform, {}, {}, {}};
  const bool is_mobile = platform == "ios" || platform == "android";
  if (!is_mobile && call.node.road("desktop") != nullptr) return {"desktop", {}, {}, {}};
  return {"other", {}, {}, {}};
}

Result check_last_url(const Call& call) {
  const std::string url(json::get_string(call.known.user_data, "last_viewed_url").value_or(""));
  if (url.empty()) return {"false", {}, {}, {}};
  return {"true", {{"LASTURL", url}}, {}, {}};
}

// No platform answers here: the contact centre is not built in.
Result bot_to_platform(const Call&) {
  return {"false", {}, {}, {}};
}

}  // namespace

Command routing_command(Native native) {
  switch (native) {
    case Native::multi_match_routing: return multi_match_routing;
    case Native::match_contains: return match_contains;
    case Native::selection_destinations: return selection_destinations;
    case Native::platform_routing: return platform_routing;
    case Native::check_last_url: return check_last_url;
    case Native::bot_to_platform: return bot_to_platform;
    default: return nullptr;
  }
}

}  // namespace millrace::natives
