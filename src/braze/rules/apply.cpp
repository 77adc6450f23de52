#include "braze/rules/apply.hpp"

#include "base/text.hpp"
#include "braze/rules/attributes.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kCustomNameLengthMax = 255;

// "name":value, as it is now; null when it is gone.
void append_member(std::string& text, std::string_view name, const json::object& values) {
  append_json(text, name);
  text += ':';
  const auto* value = values.if_contains(name);
  if (value == nullptr) {
    text += "null";
  } else {
    append_json(text, *value);
  }
}

bool is_blocked(std::string_view name, const SandboxOptions& options, Diagnostics& diagnostics) {
  if (options.blocked_attributes.empty() ||
      !options.blocked_attributes.contains(std::string(name))) {
    return false;
  }
  diagnostics.add("BRZ_BLOCKLISTED", "", name, " is on the blocklist.");
  return true;
}

// Whether it was changed.
bool apply_reserved(Profile& profile, std::string_view name, const json::value& given,
                    Diagnostics& diagnostics) {
  const auto* old = profile.fields.if_contains(name);
  auto kept = reserved_value(name, old == nullptr ? json::value() : *old, given, diagnostics);
  if (!kept) return false;
  if (kept->is_null()) {
    profile.fields.erase(name);
  } else {
    profile.fields[name] = std::move(*kept);
  }
  return true;
}

// The name under which it is kept; nullopt when nothing was changed.
std::optional<std::string_view> apply_custom(Profile& profile, std::string_view name,
                                             const json::value& given, bool merges_objects,
                                             const SandboxOptions& options,
                                             Diagnostics& diagnostics) {
  name = base::utf8_prefix(name, kCustomNameLengthMax);
  if (name.empty()) {
    diagnostics.add("BRZ_FIELD_DROPPED", "An attribute without a name was left out.");
    return std::nullopt;
  }
  const json::value none;
  auto* found = profile.custom.if_contains(name);
  auto kept = custom_value({name, found == nullptr ? none : *found, given, merges_objects}, options,
                           diagnostics);
  if (!kept) return std::nullopt;
  if (kept->is_null()) {
    profile.custom.erase(name);
  } else if (found == nullptr && profile.custom.size() >= kCustomAttributesMax) {
    diagnostics.add("BRZ_PROFILE_FULL",
                    "The profile has as many custom attributes as the sandbox keeps; ", name,
                    " was left out.");
    return std::nullopt;
  } else {
    diagnostics.add("BRZ_CUSTOM_ATTRIBUTE", "", name,
                    " is not a profile field of Braze's; it is kept as a custom attribute.");
    if (found != nullptr) {
      *found = std::move(*kept);
    } else {
      profile.custom.emplace(name, std::move(*kept));
    }
  }
  return name;
}

}  // namespace

Applied apply(Profile& profile, const AttributesItem& item, const SandboxOptions& options,
              base::Timestamp now, Diagnostics& diagnostics) {
  Applied applied;
  std::string& line = applied.line;
  const auto begin = [&](const char* part) {
    if (line.empty()) {
      line.reserve(256);
      line += R"({"kind":"attributes","time":")";
      append_time(line, now);
      line += '"';
    }
    line += part;
  };
  size_t told = 0;
  for (const auto& member : item.fields) {
    const std::string_view name(member.key());
    if (!is_reserved_field(name) || is_blocked(name, options, diagnostics)) continue;
    if (!apply_reserved(profile, name, member.value(), diagnostics)) continue;
    begin(told++ == 0 ? R"(,"fields":{)" : ",");
    append_member(line, name, profile.fields);
  }
  if (told > 0) line += '}';
  told = 0;
  for (const auto& member : item.fields) {
    const std::string_view name(member.key());
    if (is_reserved_field(name) || is_blocked(name, options, diagnostics)) continue;
    const auto kept =
        apply_custom(profile, name, member.value(), item.merges_objects, options, diagnostics);
    if (!kept) continue;
    begin(told++ == 0 ? R"(,"custom":{)" : ",");
    append_member(line, *kept, profile.custom);
    applied.custom.push_back(*kept);
  }
  if (told > 0) line += '}';
  if (!line.empty()) line += '}';
  return applied;
}

}  // namespace millrace::braze
