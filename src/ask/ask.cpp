// The simplest reading of each type; the room's own files take its place.
#include "ask/ask.hpp"

#include <array>
#include <charconv>

#include "base/text.hpp"

namespace millrace::ask {
namespace {
constexpr std::array<std::string_view, 11> kTypes{"text",    "email", "phone",  "number",
                                                  "date",    "time",  "choice", "yes_no",
                                                  "address", "regex", "file"};
constexpr std::array<std::string_view, 6> kCommands{"back",    "change", "cancel",
                                                    "restart", "why",    "human"};
}  // namespace

std::optional<Type> type_from(std::string_view name) {
  for (size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i] == name) return static_cast<Type>(i);
  }
  return std::nullopt;
}
std::string_view to_string(Type type) {
  return kTypes[static_cast<size_t>(type)];
}
std::string_view to_string(Command command) {
  return kCommands[static_cast<size_t>(command)];
}
std::optional<Command> command_from(std::string_view name) {
  for (size_t i = 0; i < kCommands.size(); ++i) {
    if (kCommands[i] == name) return static_cast<Command>(i);
  }
  return std::nullopt;
}

Reading read(const Rules& rules, std::string_view text, std::string_view, base::Timestamp) {
  const std::string value(base::trim(text));
  const Reading yes{Verdict::accepted, value, {}};
  switch (rules.type) {
    case Type::email: return base::is_email_address(value) ? yes : Reading{};
    case Type::date: return base::parse_iso8601_date(value) ? yes : Reading{};
    case Type::number: {
      double number = 0;
      const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (code != std::errc() || end != value.data() + value.size()) return {};
      if ((rules.min && number < *rules.min) || (rules.max && number > *rules.max)) {
        return {Verdict::out_of_range, "", {}};
      }
      return yes;
    }
    case Type::choice:
      for (const Choice& choice : rules.choices) {
        for (const std::string& label : choice.labels) {
          if (base::squash(label) == base::squash(value))
            return {Verdict::accepted, choice.value, {}};
        }
      }
      return {};
    case Type::yes_no:
      if (value == "yes" || value == "no")
        return {Verdict::accepted, value == "yes" ? "true" : "false", {}};
      return {};
    default: return yes;
  }
}
std::string show(Type, std::string_view value, std::string_view) {
  return std::string(value);
}
base::Result<void> check_pattern(std::string_view) {
  return {};
}
std::optional<Aside> find_aside(std::string_view text, std::string_view,
                                const std::vector<OwnPhrases>&) {
  const std::string said = base::squash(text);
  if (said == "back" || said == "goback") return Aside{Command::back, "", ""};
  if (said == "cancel") return Aside{Command::cancel, "", ""};
  if (said == "startover") return Aside{Command::restart, "", ""};
  if (said == "why" || said == "whydoyouask") return Aside{Command::why, "", ""};
  if (said == "talktoaperson") return Aside{Command::human, "", ""};
  constexpr std::string_view kChange = "change my ", kActually = "actually my ";
  if (text.starts_with(kChange))
    return Aside{Command::change, std::string(text.substr(kChange.size())), ""};
  if (text.starts_with(kActually)) {
    const auto rest = text.substr(kActually.size());
    const auto is = rest.find(" is ");
    if (is != std::string_view::npos) {
      return Aside{Command::change, std::string(rest.substr(0, is)),
                   std::string(rest.substr(is + 4))};
    }
  }
  return std::nullopt;
}
const std::vector<std::string_view>& stock_keys() {
  static const std::vector<std::string_view> kKeys{
      "apology",      "which_one",      "back.none",
      "changed",      "change.what",    "change.unknown",
      "cancelled",    "restarted",      "why",
      "human.none",   "human.transfer", "reminder",
      "abandoned",    "still_working",  "yes",
      "no",           "out_of_scope",   "interrupted.too_deep",
      "retry.text",   "retry.email",    "retry.phone",
      "retry.number", "retry.date",     "retry.time",
      "retry.choice", "retry.yes_no",   "retry.address",
      "retry.regex",  "retry.file",     "range.number",
      "range.date",   "range.text"};
  return kKeys;
}
std::optional<std::string_view> stock_text(std::string_view key, std::string_view) {
  for (const std::string_view known : stock_keys()) {
    if (known != key) continue;
    if (key == "changed") return "{what} is now {value}.";
    if (key == "apology")
      return "Sorry, we are having technical difficulties. Please try again later.";
    return known;
  }
  return std::nullopt;
}
}  // namespace millrace::ask
